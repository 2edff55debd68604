/** Hands a text to the reader as a file. */
export function saveText(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${name}.txt`;
  link.click();
  // The browser takes the file in its own time.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
