const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The fields of one Protobuf message, by number; of one that occurs twice the last counts, except in `all`. */
export class Fields {
  readonly #numbers = new Map<number, number>();
  readonly #bytes = new Map<number, Uint8Array[]>();

  constructor(message: Uint8Array) {
    const reader = new Reader(message);
    while (!reader.isAtEnd) {
      const tag = reader.varint(), field = Math.floor(tag / 8);
      if (field === 0) throw malformed("field number 0");
      switch (tag % 8) {
        case 0: this.#numbers.set(field, reader.varint()); break;
        case 1: reader.take(8); break;
        case 2: this.#bytes.set(field, [...(this.#bytes.get(field) ?? []), reader.take(reader.varint())]); break;
        case 5: reader.take(4); break;
        // Groups are of the past; no version of the protocol has one.
        default: throw malformed(`wire type ${tag % 8}`);
      }
    }
  }

  number(field: number): number {
    return this.#numbers.get(field) ?? 0;
  }

  optionalNumber(field: number): number | undefined {
    return this.#numbers.get(field);
  }

  flag(field: number): boolean {
    return this.number(field) !== 0;
  }

  bytes(field: number): Uint8Array | undefined {
    return this.#bytes.get(field)?.at(-1);
  }

  text(field: number): string {
    const bytes = this.bytes(field);
    return bytes === undefined ? "" : utf8.decode(bytes);
  }

  /** The message in this field; one without fields when it is absent. */
  message(field: number): Fields {
    return new Fields(this.bytes(field) ?? new Uint8Array());
  }

  all(field: number): Fields[] {
    return (this.#bytes.get(field) ?? []).map((bytes) => new Fields(bytes));
  }
}

class Reader {
  readonly #message: Uint8Array;
  #at = 0;

  constructor(message: Uint8Array) {
    this.#message = message;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#message.length;
  }

  varint(): number {
    let value = 0, scale = 1;
    for (let length = 0; length < 10; length++, scale *= 128) {
      const byte = this.#message[this.#at++];
      if (byte === undefined) throw malformed("it ends within a number");
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
    throw malformed("a number is too long");
  }

  take(length: number): Uint8Array {
    const start = this.#at;
    if (length > this.#message.length - start) throw malformed("a field is longer than the message");
    this.#at = start + length;
    return this.#message.subarray(start, this.#at);
  }
}

function malformed(why: string): TypeError {
  return new TypeError(`The Protobuf message is malformed: ${why}.`);
}
