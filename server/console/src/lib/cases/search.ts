/** Lower case without marks, so that "nguyen" finds "Nguyễn" and "dai loan" finds "Đài Loan". */
export function foldText(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/đ/g, 'd')
    .replace(/Đ/g, 'd')
    .toLowerCase();
}
