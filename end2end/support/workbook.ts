// A workbook as a person has it open in Excel: a few cells of the sheet 「報告」 are typed over.

import { crc32, inflateRawSync } from "node:zlib";

interface Part {
  name: string;
  content: Buffer;
}

/** Parts of a ZIP, by its directory at the end. */
function unzip(file: Buffer): Part[] {
  const end = file.lastIndexOf(Buffer.from("PK\x05\x06"));
  const parts: Part[] = [];
  let at = file.readUInt32LE(end + 16);
  for (let count = file.readUInt16LE(end + 10); count > 0; count--) {
    const [packed, named, extra, comment] = [file.readUInt32LE(at + 20), file.readUInt16LE(at + 28), file.readUInt16LE(at + 30), file.readUInt16LE(at + 32)];
    const [isDeflated, local] = [file.readUInt16LE(at + 10) === 8, file.readUInt32LE(at + 42)];
    const from = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28);
    const bytes = file.subarray(from, from + packed);
    parts.push({ name: file.toString("utf8", at + 46, at + 46 + named), content: isDeflated ? inflateRawSync(bytes) : bytes });
    at += 46 + named + extra + comment;
  }
  return parts;
}

/** The same parts, stored as they are. */
function zip(parts: Part[]): Buffer {
  const [bodies, directory]: [Buffer[], Buffer[]] = [[], []];
  let at = 0;
  for (const { name, content } of parts) {
    // Version 2.0, stored, no time.
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt32LE(crc32(content), 10);
    head.writeUInt32LE(content.length, 14);
    head.writeUInt32LE(content.length, 18);
    head.writeUInt16LE(Buffer.byteLength(name), 22);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    bodies.push(Buffer.from("PK\x03\x04"), head, Buffer.from(name), content);
    directory.push(Buffer.from("PK\x01\x02\x14\x00"), head, rest, Buffer.from(name));
    at += 30 + Buffer.byteLength(name) + content.length;
  }
  const [all, end] = [Buffer.concat(directory), Buffer.alloc(22)];
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(all.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...bodies, all, end]);
}

/** Types texts into cells of the last row of something: (name of the KPI, column's letters, text). */
export function typedOver(file: Buffer, typed: [string, string, string][]): Buffer {
  const parts = unzip(file);
  const part = (name: string) => parts.find((it) => it.name === name)!;
  const strings = [...part("xl/sharedStrings.xml").content.toString().matchAll(/<si>.*?<\/si>/gs)].map(([item]) => item.replace(/<[^>]+>/g, ""));
  const sheet = part("xl/worksheets/sheet2.xml");
  let xml = sheet.content.toString();
  for (const [name, column, text] of typed) {
    const cells = [...xml.matchAll(/<c r="D(\d+)"[^>]*t="s"><v>(\d+)<\/v>/g)].filter(([, , index]) => strings[Number(index)] === name);
    const cell = `${column}${cells.at(-1)![1]}`;
    xml = xml.replace(new RegExp(`<c r="${cell}"(?: s="\\d+")?[^>]*?(?:/>|>.*?</c>)`), `<c r="${cell}" t="inlineStr"><is><t>${text}</t></is></c>`);
  }
  sheet.content = Buffer.from(xml);
  return zip(parts);
}
