// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Settings } from '../../state/settings.svelte';
import type { MapChoice } from './support';

beforeEach(() => vi.resetModules());
afterEach(() => vi.restoreAllMocks());

/** What draws WebGL2 here; `caveat`: the browser says that it is slow. `null`: there is none. */
function computer(renderer: string | null, caveat = false): void {
  const context = { getExtension: () => null, getParameter: () => renderer, RENDERER: 0x1f01 };
  const getContext = (_: string, wanted?: WebGLContextAttributes) =>
    renderer === null || (caveat && wanted?.failIfMajorPerformanceCaveat) ? null : context;
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockImplementation(getContext as never);
}

it.each([
  ['ANGLE (Intel, Mesa Intel(R) UHD Graphics 620)', false, { auto: 'gl', detailed: 'gl', simple: 'flat' }],
  ['ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero)))', false, { auto: 'flat', detailed: 'gl', simple: 'flat' }],
  ['ANGLE (Microsoft, Microsoft Basic Render Driver)', true, { auto: 'flat', detailed: 'gl', simple: 'flat' }],
  [null, false, { auto: 'flat', detailed: 'flat', simple: 'flat' }],
] as const)('on a computer with %s', async (renderer, caveat, wanted) => {
  computer(renderer, caveat);
  const { mapKind, MAP_CHOICES } = await import('./support');
  expect(Object.fromEntries(MAP_CHOICES.map((choice: MapChoice) => [choice, mapKind(choice)]))).toEqual(wanted);
});

it('the choice is kept on this computer, and what is no choice is none', () => {
  localStorage.clear();
  new Settings(localStorage).set({ map: 'simple' });
  expect(new Settings(localStorage).map).toBe('simple');
  localStorage.setItem('sos.console.settings', '{"map":"3d"}');
  expect(new Settings(localStorage).map).toBe('auto');
});
