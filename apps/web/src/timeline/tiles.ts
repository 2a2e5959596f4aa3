/** Pictures of stretches that are drawn once and moved about: by what they show and how close, a limited number of them. */

/** Width of a tile, CSS pixels. */
export const TILE = 1024;
/** Tiles that are kept. */
const KEPT = 48;

/** A cache of tiles. */
export interface TileCache<T> {
  /** The tile, made when it is not there. */
  get(key: string, make: () => T): T;
  clear(): void;
}

/** Makes a cache; `drop` frees what falls out. */
export function createTileCache<T>(drop: (tile: T) => void = () => undefined, kept: number = KEPT): TileCache<T> {
  const tiles = new Map<string, T>();
  return {
    get(key, make) {
      const known = tiles.get(key);
      const tile = known ?? make();
      // A map keeps its order: what was used last stands last.
      tiles.delete(key);
      tiles.set(key, tile);
      if (tiles.size > kept) {
        const [oldest, old] = tiles.entries().next().value as [string, T];
        tiles.delete(oldest);
        drop(old);
      }
      return tile;
    },
    clear() {
      for (const tile of tiles.values()) drop(tile);
      tiles.clear();
    },
  };
}

/** Tiles over a stretch: their numbers, and where each begins. */
export function tilesOver(
  from: number,
  to: number,
  tileSeconds: number,
): readonly { readonly index: number; readonly start: number }[] {
  const tiles: { index: number; start: number }[] = [];
  for (let index = Math.max(0, Math.floor(from / tileSeconds)); index * tileSeconds < to; index++)
    tiles.push({ index, start: index * tileSeconds });
  return tiles;
}
