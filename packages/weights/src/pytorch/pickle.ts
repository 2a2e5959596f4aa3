/**
 * Pickles as data. A pickle is a program for a small stack machine; this one runs it without Python's power: names of classes and functions
 * become inert values that a {@link PickleLanguage} must know, and calling one is a lookup in that language, never a call into anything else
 * (opcodes: Python's Lib/pickletools.py, protocols 0 to 5). A budget bounds memory and time, because a short pickle can describe
 * something huge.
 */
import type { FoleyError } from "@foley-control/core";
import { bad, textOf, viewOf } from "../bytes.js";
import { type CheckpointValue, insideOf, type PythonGlobal, type PythonObject } from "./values.js";

/** Bytes of memory that the values of one pickle may take, as estimated by the machine; a tensor takes about 2,500. */
const budgetBytes = 1 << 27;
/** Longest whole number, in bytes or digits. */
const maximumIntegerLength = 1000;
/** How deep values may be nested, and how many there may be when shared ones are counted each time: safe to walk by recursion. */
const maximumDepth = 100;
const maximumValues = 10_000_000;

const cost = { step: 16, container: 200, entry: 64, item: 16, text: 32 } as const;

/** What names and references in a pickle mean. Each function throws for what it does not know. */
export interface PickleLanguage {
  /** A name as a value. */
  global(name: string): PythonGlobal;
  /** What calling the global with the arguments gives. `spend` must be told of memory that grows with them, in bytes. */
  call(callee: PythonGlobal, args: readonly CheckpointValue[], spend: (bytes: number) => void): CheckpointValue;
  /** What a reference out of the pickle means. */
  reference(id: CheckpointValue): CheckpointValue;
}

/** The end of a pickle: its value and the position after it. */
export interface Unpickled {
  readonly value: CheckpointValue;
  readonly end: number;
}

/** Thrown when the bytes end before the pickle does; never leaves this file. */
const cut = Symbol("cut");

/**
 * Interprets one pickle.
 *
 * @param bytes - bytes that contain the pickle
 * @param start - where it begins
 * @param language - what its names mean
 * @param label - what to call the file in errors
 * @returns the value, free of cycles and safe to walk, or `undefined` when the bytes end before the pickle does
 * @throws FoleyError `bad-file` for what is no pickle or asks for too much; what the language throws
 */
export function unpickle(bytes: Uint8Array, start: number, language: PickleLanguage, label: string): Unpickled | undefined {
  const machine = new Machine(bytes, start, language, label);
  try {
    const value = machine.run();
    checkTree(value, label);
    return { value, end: machine.position };
  } catch (error) {
    if (error === cut) return undefined;
    throw error;
  }
}

type Mutable = { -readonly [Key in keyof PythonObject]: PythonObject[Key] };

class Machine {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #language: PickleLanguage;
  readonly #label: string;
  readonly #memo = new Map<number, CheckpointValue>();
  /** The stack since the last mark; the stacks before the marks are in `#marked`. */
  #stack: CheckpointValue[] = [];
  readonly #marked: CheckpointValue[][] = [];
  #opcodeAt = 0;
  #budget = budgetBytes;
  position: number;

  constructor(bytes: Uint8Array, start: number, language: PickleLanguage, label: string) {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.#language = language;
    this.#label = label;
    this.position = start;
  }

  run(): CheckpointValue {
    for (;;) {
      this.#opcodeAt = this.position;
      const opcode = this.#byte();
      this.#spend(cost.step);
      if (opcode === 0x2e) return this.#pop(); // STOP
      this.#step(opcode);
    }
  }

  #step(opcode: number): void {
    const value = this.#valueOf(opcode);
    if (value === undefined) this.#act(opcode);
    else this.#stack.push(value);
  }

  /** The value of an opcode that puts one on the stack, otherwise `undefined`. */
  #valueOf(opcode: number): CheckpointValue | undefined {
    switch (opcode) {
      case 0x4e: // NONE
        return null;
      case 0x88: // NEWTRUE
        return true;
      case 0x89: // NEWFALSE
        return false;
      case 0x49: // INT
        return this.#decimal(this.#line(), true);
      case 0x4c: // LONG
        return this.#decimal(this.#line().replace(/L$/, ""), false);
      case 0x4a: // BININT
        return this.#view.getInt32(this.#take(4), true);
      case 0x4b: // BININT1
        return this.#byte();
      case 0x4d: // BININT2
        return this.#view.getUint16(this.#take(2), true);
      case 0x8a: // LONG1
        return this.#integer(this.#byte());
      case 0x8b: // LONG4
        return this.#integer(this.#length4());
      case 0x46: // FLOAT
        return this.#float(this.#line());
      case 0x47: // BINFLOAT
        return this.#view.getFloat64(this.#take(8), false);
      case 0x53: // STRING
        return this.#quoted(this.#line());
      case 0x54: // BINSTRING
        return this.#oldText(this.#length4());
      case 0x55: // SHORT_BINSTRING
        return this.#oldText(this.#byte());
      case 0x56: // UNICODE
        return this.#unescaped(this.#line());
      case 0x58: // BINUNICODE
        return this.#text(this.#length4());
      case 0x8c: // SHORT_BINUNICODE
        return this.#text(this.#byte());
      case 0x8d: // BINUNICODE8
        return this.#text(this.#length8());
      case 0x42: // BINBYTES
        return this.#slice(this.#length4()).slice();
      case 0x43: // SHORT_BINBYTES
        return this.#slice(this.#byte()).slice();
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        return this.#slice(this.#length8()).slice();
      case 0x5d: // EMPTY_LIST
      case 0x8f: // EMPTY_SET
      case 0x29: // EMPTY_TUPLE
        return this.#container([]);
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        return this.#container(this.#popMany(opcode - 0x84));
      case 0x74: // TUPLE
      case 0x6c: // LIST
      case 0x91: // FROZENSET
        return this.#container(this.#popMark());
      case 0x7d: // EMPTY_DICT
        return this.#container(new Map());
      case 0x64: // DICT
        return this.#set(this.#container(new Map()), this.#popMark());
      case 0x32: // DUP
        return this.#top();
      case 0x67: // GET
        return this.#recall(this.#index(this.#line()));
      case 0x68: // BINGET
        return this.#recall(this.#byte());
      case 0x6a: // LONG_BINGET
        return this.#recall(this.#length4());
      case 0x63: // GLOBAL
        return this.#global(this.#line(), this.#line());
      case 0x93: // STACK_GLOBAL
        return this.#global(...this.#popPair());
      case 0x69: // INST
        return this.#call(this.#global(this.#line(), this.#line()), this.#popMark());
      case 0x6f: {
        // OBJ
        const [callee, ...args] = this.#popMark();
        return this.#call(callee, args);
      }
      case 0x52: // REDUCE
      case 0x81: // NEWOBJ
        return this.#call(...this.#popPair());
      case 0x50: // PERSID
        return this.#language.reference(this.#line());
      case 0x51: // BINPERSID
        return this.#language.reference(this.#pop());
      default:
        return undefined;
    }
  }

  /** The opcodes that change what is already there. */
  #act(opcode: number): void {
    switch (opcode) {
      case 0x61: // APPEND
        this.#append([this.#pop()]);
        break;
      case 0x65: // APPENDS
      case 0x90: // ADDITEMS
        this.#append(this.#popMark());
        break;
      case 0x73: {
        // SETITEM
        const pair = this.#popPair();
        this.#set(this.#top(), pair);
        break;
      }
      case 0x75: {
        // SETITEMS
        const pairs = this.#popMark();
        this.#set(this.#top(), pairs);
        break;
      }
      case 0x62: // BUILD
        this.#build();
        break;
      case 0x28: // MARK
        this.#spend(cost.container);
        this.#marked.push(this.#stack);
        this.#stack = [];
        break;
      case 0x30: // POP, the one opcode that takes away a value or a mark
        if (this.#stack.length === 0) this.#popMark();
        else this.#pop();
        break;
      case 0x31: // POP_MARK
        this.#popMark();
        break;
      case 0x70: // PUT
        this.#remember(this.#index(this.#line()));
        break;
      case 0x71: // BINPUT
        this.#remember(this.#byte());
        break;
      case 0x72: // LONG_BINPUT
        this.#remember(this.#length4());
        break;
      case 0x94: // MEMOIZE
        this.#remember(this.#memo.size);
        break;
      case 0x80: {
        // PROTO
        const protocol = this.#byte();
        if (protocol > 5) throw this.#bad(`is of protocol ${protocol}, 0 to 5 are known`);
        break;
      }
      case 0x95: // FRAME
        this.#length8();
        break;
      default: // EXT1 to EXT4, NEWOBJ_EX, NEXT_BUFFER, READONLY_BUFFER, and no opcode at all
        throw this.#bad(`has the opcode 0x${opcode.toString(16)}, which no checkpoint needs`);
    }
  }

  #bad(what: string): FoleyError {
    return bad(
      `${this.#label}: the pickle ${what}, at its byte ${this.#opcodeAt}.`,
      "Do not use the file, or download it again.",
    );
  }

  readonly #spend = (bytes: number): void => {
    this.#budget -= bytes;
    if (this.#budget < 0) throw this.#bad(`asks for more than ${budgetBytes} bytes of memory`);
  };

  // Reading

  /** Moves on and returns where the bytes begin. */
  #take(length: number): number {
    const at = this.position;
    if (length > this.#bytes.length - at) throw cut;
    this.position = at + length;
    return at;
  }

  #byte(): number {
    return this.#bytes[this.#take(1)] as number;
  }

  #length4(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  #length8(): number {
    return Number(this.#view.getBigUint64(this.#take(8), true));
  }

  #slice(length: number): Uint8Array {
    const at = this.#take(length);
    this.#spend(cost.text + 2 * length);
    return this.#bytes.subarray(at, at + length);
  }

  #text(length: number): string {
    const text = textOf(this.#slice(length));
    if (text === undefined) throw this.#bad("has text that is not UTF-8");
    return text;
  }

  /** A string of Python 2, which is text or bytes. */
  #oldText(length: number): string | Uint8Array {
    const bytes = this.#slice(length);
    return textOf(bytes) ?? bytes.slice();
  }

  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.position);
    if (end < 0) throw cut;
    const text = this.#text(end - this.position);
    this.position++;
    return text;
  }

  #quoted(line: string): string {
    if (!/^(['"]).*\1$/s.test(line) || line.length < 2) throw this.#bad("has a string without quotes");
    return this.#unescaped(line.slice(1, -1));
  }

  #unescaped(text: string): string {
    if (text.includes("\\")) throw this.#bad("has escaped text");
    return text;
  }

  #integer(length: number): number | bigint {
    if (length > maximumIntegerLength) throw this.#bad(`has a whole number of ${length} bytes`);
    const bytes = this.#slice(length);
    let hexadecimal = "";
    for (const byte of bytes) hexadecimal = byte.toString(16).padStart(2, "0") + hexadecimal;
    return length === 0 ? 0 : narrowed(BigInt.asIntN(8 * length, BigInt(`0x${hexadecimal}`)));
  }

  #decimal(text: string, truth: boolean): number | bigint | boolean {
    if (truth && (text === "00" || text === "01")) return text === "01";
    if (text.length > maximumIntegerLength || !/^[+-]?\d+$/.test(text)) throw this.#bad("has a whole number that is none");
    return narrowed(text.startsWith("+") ? BigInt(text.slice(1)) : BigInt(text));
  }

  #float(text: string): number {
    const special = /^(-?)(inf|nan)$/.exec(text);
    if (special) return special[2] === "nan" ? Number.NaN : special[1] === "-" ? -Infinity : Infinity;
    if (text.length > 100 || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) throw this.#bad("has a number that is none");
    return Number(text);
  }

  #index(text: string): number {
    if (!/^\d{1,9}$/.test(text)) throw this.#bad("has a place in its memory that is no number");
    return Number(text);
  }

  // The stack

  #container<Value extends CheckpointValue>(value: Value): Value {
    this.#spend(cost.container);
    return value;
  }

  #pop(): CheckpointValue {
    const value = this.#stack.pop();
    if (value === undefined) throw this.#bad("takes from an empty stack");
    return value;
  }

  #popMany(count: number): CheckpointValue[] {
    if (this.#stack.length < count) throw this.#bad("takes from an empty stack");
    return this.#stack.splice(-count);
  }

  #popPair(): readonly [CheckpointValue, CheckpointValue] {
    const second = this.#pop();
    return [this.#pop(), second];
  }

  #popMark(): CheckpointValue[] {
    const items = this.#stack;
    const before = this.#marked.pop();
    if (before === undefined) throw this.#bad("goes back to a mark that was never set");
    this.#stack = before;
    return items;
  }

  #top(): CheckpointValue {
    const value = this.#stack.at(-1);
    if (value === undefined) throw this.#bad("takes from an empty stack");
    return value;
  }

  #remember(index: number): void {
    this.#spend(cost.entry);
    this.#memo.set(index, this.#top());
  }

  #recall(index: number): CheckpointValue {
    const value = this.#memo.get(index);
    if (value === undefined) throw this.#bad(`recalls the value ${index}, which it never kept`);
    return value;
  }

  // Making values

  #append(items: readonly CheckpointValue[]): void {
    const list = this.#top();
    if (!Array.isArray(list)) throw this.#bad("appends to something that is no list");
    this.#spend(cost.item * items.length);
    for (const item of items) list.push(item);
  }

  #set(dictionary: CheckpointValue, items: readonly CheckpointValue[]): CheckpointValue {
    if (!(dictionary instanceof Map)) throw this.#bad("sets an entry of something that is no dictionary");
    if (items.length % 2 !== 0) throw this.#bad("sets an entry without a value");
    this.#spend(cost.entry * items.length);
    for (let i = 0; i < items.length; i += 2) dictionary.set(items[i], items[i + 1]);
    return dictionary;
  }

  #global(module: CheckpointValue, name: CheckpointValue): PythonGlobal {
    if (typeof module !== "string" || typeof name !== "string") throw this.#bad("names a class by something that is no text");
    return this.#language.global(`${module}.${name}`);
  }

  #call(callee: CheckpointValue | undefined, args: CheckpointValue): CheckpointValue {
    if (!isKind(callee, "global")) throw this.#bad("calls something that is no class or function");
    if (!Array.isArray(args)) throw this.#bad("gives arguments that are no tuple");
    this.#spend(cost.container);
    return this.#language.call(callee, args as readonly CheckpointValue[], this.#spend);
  }

  /** State of an object. That of a dictionary is attributes beside its entries, which torch uses for versions of modules. */
  #build(): void {
    const state = this.#pop();
    const target = this.#top();
    if (target instanceof Map) return;
    if (!isKind(target, "object")) throw this.#bad("sets the state of something that has none");
    (target as Mutable).state = state;
  }
}

function isKind<Kind extends "global" | "object">(
  value: CheckpointValue | undefined,
  kind: Kind,
): value is Extract<CheckpointValue, { readonly kind: Kind }> {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === kind;
}

function narrowed(value: bigint): number | bigint {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

/** How deep a value goes and how many values it is when written out. */
interface Extent {
  depth: number;
  count: number;
}

/**
 * Refuses what cannot be walked: a value inside itself, deep nesting, and few values that refer to each other so often that they are
 * billions when written out. Each value is looked at once.
 */
function checkTree(root: CheckpointValue, label: string): void {
  const known = new Map<CheckpointValue, Extent | "open">();
  const path: (Extent & { readonly value: CheckpointValue; readonly inside: Iterator<CheckpointValue> })[] = [];
  const fail = (what: string) => bad(`${label}: the pickle ${what}.`, "Do not use the file.");
  const add = ({ depth, count }: Extent): void => {
    const parent = path.at(-1);
    if (parent === undefined) return;
    parent.depth = Math.max(parent.depth, depth + 1);
    parent.count += count;
    if (path.length - 1 + parent.depth > maximumDepth) throw fail(`is nested more than ${maximumDepth} deep`);
    if (parent.count > maximumValues) throw fail(`repeats itself into more than ${maximumValues} values`);
  };
  const visit = (value: CheckpointValue): void => {
    const extent = typeof value === "object" && value !== null ? known.get(value) : { depth: 1, count: 1 };
    if (extent === "open") throw fail("holds a value that contains itself");
    if (extent !== undefined) {
      add(extent);
      return;
    }
    if (path.length >= maximumDepth) throw fail(`is nested more than ${maximumDepth} deep`);
    known.set(value, "open");
    path.push({ value, inside: insideOf(value), depth: 1, count: 1 });
  };
  visit(root);
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const next = top.inside.next();
    if (next.done !== true) {
      visit(next.value);
      continue;
    }
    path.pop();
    const extent = { depth: top.depth, count: top.count };
    known.set(top.value, extent);
    add(extent);
  }
}
