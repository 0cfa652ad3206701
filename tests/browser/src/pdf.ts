import { getDocument, type PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';

/** What a PDF says on its pages, without blanks: they depend on where a line is broken. */
export async function said(bytes: Buffer): Promise<string> {
  return read(bytes, async (document) => {
    const pages = [];
    for (let number = 1; number <= document.numPages; number++) {
      const { items } = await (await document.getPage(number)).getTextContent();
      pages.push(items.map((item) => ('str' in item ? item.str : '')).join(''));
    }
    return plain(pages.join(''));
  });
}

/** The only file that is attached to a PDF. */
export async function attachment(bytes: Buffer): Promise<Buffer> {
  return read(bytes, async (document) => {
    const attached = Object.values((await document.getAttachments()) ?? {}) as { content: Uint8Array }[];
    const [only] = attached;
    if (!only || attached.length > 1) throw new Error(`${attached.length} files are attached`);
    return Buffer.from(only.content);
  });
}

export function plain(text: string): string {
  return text.replace(/\s|\u200b/g, '');
}

async function read<T>(bytes: Buffer, look: (document: PDFDocumentProxy) => Promise<T>): Promise<T> {
  const loading = getDocument({ data: new Uint8Array(bytes), verbosity: 0 });
  try {
    return await look(await loading.promise);
  } finally {
    await loading.destroy();
  }
}
