import { chromium, type Browser, type Page } from 'playwright-core';
import { outFile } from '../out';

const QUIET = ['--headless', '--no-sandbox', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
/** The map is drawn by the processor here. */
const SOFTWARE_GL = ['--enable-unsafe-swiftshader'];
/** A computer without any WebGL. */
const NO_GL = ['--disable-gpu', '--disable-software-rasterizer'];

export function launch(more: { webgl?: boolean; args?: string[] } = {}): Promise<Browser> {
  const gl = more.webgl === false ? NO_GL : SOFTWARE_GL;
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [...QUIET, ...gl, ...(more.args ?? [])],
  });
}

/** Keeps a picture in `out/`, for people to look at. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: outFile(`${name}.png`) });
}
