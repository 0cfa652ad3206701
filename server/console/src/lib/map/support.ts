/** What the officer wants on this computer: chosen by what it can do; the map of WebGL; the one drawn in two dimensions. */
export const MAP_CHOICES = ['auto', 'detailed', 'simple'] as const;
export type MapChoice = (typeof MAP_CHOICES)[number];

export type MapKind = 'gl' | 'flat';

/** Names of what draws WebGL by the processor: not every browser counts that as slow. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/** Where the processor stands in for a graphics card, WebGL draws a frame of many marks in seconds. */
export function mapKind(choice: MapChoice): MapKind {
  if (choice === 'simple') return 'flat';
  known ??= webgl2();
  return known === 'card' || (known === 'software' && choice === 'detailed') ? 'gl' : 'flat';
}

type Support = 'none' | 'software' | 'card';

/** Asked once: the answer takes a while, and stays the same as long as the page is open. */
let known: Support | null = null;

function webgl2(): Support {
  try {
    const quick = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true });
    if (quick) return isSoftware(quick) ? 'software' : 'card';
    const any = document.createElement('canvas').getContext('webgl2');
    if (any) giveBack(any);
    return any ? 'software' : 'none';
  } catch {
    return 'none';
  }
}

function isSoftware(context: WebGL2RenderingContext): boolean {
  const names = context.getExtension('WEBGL_debug_renderer_info');
  const renderer: unknown = context.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : context.RENDERER);
  giveBack(context);
  return SOFTWARE.test(String(renderer));
}

/** A browser has few of them, and takes the oldest away for a new one. */
function giveBack(context: WebGL2RenderingContext): void {
  context.getExtension('WEBGL_lose_context')?.loseContext();
}
