const utf8 = new TextEncoder();

/** Writes the Protobuf wire format, in ascending field numbers and without default values. */
export class Writer {
  readonly #bytes: number[] = [];

  /** A whole number from 0 to 2^53 - 1. */
  number(field: number, value: number | undefined): this {
    if (value === undefined || value === 0) return this;
    this.#varint(field * 8);
    this.#varint(value);
    return this;
  }

  flag(field: number, value: boolean | undefined): this {
    return this.number(field, value === true ? 1 : 0);
  }

  text(field: number, value: string | undefined): this {
    return value === undefined || value === "" ? this : this.bytes(field, utf8.encode(value));
  }

  /** Also when empty: the member of a `oneof` is told by being there. */
  bytes(field: number, value: Iterable<number> & { readonly length: number }): this {
    this.#varint(field * 8 + 2);
    this.#varint(value.length);
    for (const byte of value) this.#bytes.push(byte);
    return this;
  }

  message(field: number, write: (writer: Writer) => void): this {
    const inner = new Writer();
    write(inner);
    return this.bytes(field, inner.#bytes);
  }

  finish(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#bytes);
  }

  // Without bitwise operators, which end at 32 bits.
  #varint(value: number): void {
    for (; value >= 128; value = Math.floor(value / 128)) this.#bytes.push((value % 128) + 128);
    this.#bytes.push(value);
  }
}
