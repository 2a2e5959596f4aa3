/** Style sheets, as Vite gives them. */
declare module "*.module.css" {
  const classes: Readonly<Record<string, string>>;
  export default classes;
}
declare module "*.css" {}

/** What Vite says of the build. */
interface ImportMeta {
  readonly env: { readonly PROD: boolean };
}
