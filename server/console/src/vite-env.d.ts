/// <reference types="svelte" />
/// <reference types="vite/client" />

/** Countries of the base map, made small for a map of the world; see `vite.config.ts`. */
declare module 'virtual:world-shapes' {
  const shapes: import('geojson').FeatureCollection;
  export default shapes;
}
