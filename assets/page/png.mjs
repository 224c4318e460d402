// A PNG file that says how large it is on paper: its chunk pHYs, put in after the header. Pure.
const HEADER = 33; // bytes of the signature and of the chunk IHDR
const INCH = 0.0254; // m

function check(bytes) {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return ~sum >>> 0;
}

export function withDensity(file, dotsPerInch) {
  const chunk = new DataView(new ArrayBuffer(21));
  const perMetre = Math.round(dotsPerInch / INCH);
  chunk.setUint32(0, 9);
  [..."pHYs"].forEach((letter, k) => chunk.setUint8(4 + k, letter.charCodeAt(0)));
  chunk.setUint32(8, perMetre);
  chunk.setUint32(12, perMetre);
  chunk.setUint8(16, 1); // the unit is the metre
  chunk.setUint32(17, check(new Uint8Array(chunk.buffer, 4, 13)));
  const made = new Uint8Array(file.length + 21);
  made.set(file.subarray(0, HEADER));
  made.set(new Uint8Array(chunk.buffer), HEADER);
  made.set(file.subarray(HEADER), HEADER + 21);
  return made;
}
