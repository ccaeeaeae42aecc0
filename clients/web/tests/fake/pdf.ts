interface Made {
  /** What each page says. */
  text: string;
  pages?: number;
  /** Width and height of a page, in points. */
  box?: [number, number];
  font?: string;
  /** JavaScript that runs as the file opens, where a reader lets it. */
  script?: string;
}

/** A PDF file (ISO 32000-1) as small as it gets: the same page again and again. */
export function pdfOf({ text, pages = 1, box = [200, 100], font = 'Helvetica', script }: Made): string {
  const drawn = text === '' ? '20 20 50 50 re f' : `BT /F1 24 Tf 20 40 Td (${text}) Tj ET`;
  const objects = [
    `<< /Type /Catalog /Pages 2 0 R ${script ? `/OpenAction << /S /JavaScript /JS (${script.replace(/[()\\]/g, '\\$&')}) >>` : ''} >>`,
    `<< /Type /Pages /Kids [${'3 0 R '.repeat(pages)}] /Count ${pages} >>`,
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${box.join(' ')}] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>`,
    `<< /Length ${drawn.length} >>\nstream\n${drawn}\nendstream`,
    `<< /Type /Font /Subtype /Type1 /BaseFont /${font} >>`
  ];
  let file = '%PDF-1.4\n';
  const places = objects.map((object, index) => {
    const place = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, '0')} 00000 n \n`;
  });
  return `${file}xref\n0 6\n0000000000 65535 f \n${places.join('')}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF`;
}
