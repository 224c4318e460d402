// Two columns of numbers, time and overlap, out of a text that people and programs write. Pure: what cannot be read is
// a sentence that says in which line.
const NAMES = { time: ["time", "t"], overlap: ["overlap", "m", "m(t)", "|m|"] };
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const NOTHING = ["", "nan", "na", "null", "none"]; // a row without a number is left out
const ROUNDING = 1e-6; // by which an overlap may be larger than 1

export class Unreadable extends Error {}

const isNumber = (text) => NUMBER.test(plain(text));

// a decimal comma, where commas do not stand between columns; a true minus
const plain = (text) => text.replace(",", ".").replace("−", "-");

function separatorOf(line) {
  return ["\t", ";", ","].find((sign) => line.includes(sign)) || /\s+/;
}

const unquoted = (text) => text.trim().replace(/^"(.*)"$/, "$1").trim();

// which columns are time and overlap: by their names, or the first two of two
function columnsOf(cells, isHead) {
  const names = cells.map((cell) => cell.toLowerCase());
  const found = ["time", "overlap"].map((what) => names.findIndex((name) => NAMES[what].includes(name)));
  if (isHead && found.every((place) => place >= 0)) return found;
  if (cells.length === 2) return [0, 1];
  if (cells.length === 1) throw new Unreadable("There must be two columns, time and overlap; there is one.");
  throw new Unreadable(`Of ${cells.length} columns one must be named time and one overlap, in the first line.`);
}

function read(cell, line) {
  const text = plain(cell || "");
  if (NOTHING.includes(text.toLowerCase())) return NaN;
  if (!NUMBER.test(text)) throw new Unreadable(`Line ${line}: “${cell.slice(0, 20)}” is not a number.`);
  return Number(text);
}

// {time, overlap}, both increasing in time, of the rows with a time above 0: the axis is logarithmic
export function parse(text) {
  if (text.includes("\0")) throw new Unreadable("This is not a file of text.");
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/)
    .map((said, k) => ({ said: said.trim(), line: k + 1 }))
    .filter(({ said }) => said && !said.startsWith("#"));
  if (!lines.length) throw new Unreadable("There is nothing in it.");
  const separator = separatorOf(lines[0].said);
  const rows = lines.map(({ said, line }) => ({ cells: said.split(separator).map(unquoted), line }));
  const isHead = !rows[0].cells.some(isNumber);
  const columns = columnsOf(rows[0].cells, isHead);
  const points = rows.slice(isHead ? 1 : 0).map(({ cells, line }) => {
    if (Math.max(...columns) >= cells.length) throw new Unreadable(`Line ${line} has too few columns.`);
    const [time, overlap] = columns.map((place) => read(cells[place], line));
    if (time < 0) throw new Unreadable(`Line ${line}: a time is not negative.`);
    if (Math.abs(overlap) > 1 + ROUNDING) {
      const said = cells[columns[1]].slice(0, 20);
      throw new Unreadable(`Line ${line}: an overlap lies between −1 and 1, not at ${said}.`);
    }
    return [time, overlap];
  }).filter(([time, overlap]) => time > 0 && time < Infinity && !Number.isNaN(overlap));
  if (points.length < 2) throw new Unreadable("There are no two rows with a time above 0 and an overlap.");
  points.sort((one, other) => one[0] - other[0]);
  return { time: points.map(([time]) => time), overlap: points.map(([, overlap]) => overlap) };
}
