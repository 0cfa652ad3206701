/** Light modules around the code: readers find it by them. */
const QUIET_ZONE = 4;

export interface QrDrawing {
  /** Modules to each side. */
  size: number;
  /** Outline of the dark modules, as the path of an SVG whose unit is a module. */
  path: string;
}

/** A QR code. What draws it is loaded with the first one. */
export async function drawQr(text: string): Promise<QrDrawing> {
  const { encode } = await import('uqr');
  const { data, size } = encode(text, { ecc: 'M', border: QUIET_ZONE });
  return { size, path: data.flatMap(pathOfRow).join('') };
}

function pathOfRow(row: readonly boolean[], y: number): string[] {
  const parts: string[] = [];
  for (let x = 0; x < row.length; x++) {
    if (!row[x]) continue;
    const from = x;
    while (row[x + 1]) x++;
    const width = x + 1 - from;
    parts.push(`M${from} ${y}h${width}v1h-${width}z`);
  }
  return parts;
}
