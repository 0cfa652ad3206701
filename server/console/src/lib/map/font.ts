/** Must be loaded before a map is drawn: what is drawn earlier keeps the wrong face. */
export const MAP_FONT = 'Be Vietnam Pro';

/** Fonts come from the page: no map has a glyph server. */
export async function loadMapFont(): Promise<void> {
  await document.fonts.load(`16px '${MAP_FONT}'`, 'Aaăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệ').catch(() => []);
}
