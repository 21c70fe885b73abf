import fc from 'fast-check';

/** Structured-cloneable data of all kinds, nested. */
export function cloneable({ invalidDates }: { readonly invalidDates: boolean }): fc.Arbitrary<unknown> {
  const bytes = fc.uint8Array({ maxLength: 8 });
  const leaf = fc.oneof(
    fc.string(), fc.string({ unit: 'binary' }), fc.double(), fc.integer(), fc.bigInt(), fc.boolean(),
    fc.constantFrom(null, undefined, -0, 0, NaN, '', '0'), fc.date({ noInvalidDate: !invalidDates }), fc.constantFrom(/a/g, /a/i, /b/),
    bytes, bytes.map((own) => Buffer.from(own)), bytes.map((own) => new Uint8Array(own).buffer),
    fc.float32Array({ maxLength: 4 }), fc.float64Array({ maxLength: 4 }), fc.bigInt64Array({ maxLength: 2 }),
  );
  return fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, tie('array'), tie('object'), tie('map'), tie('set')),
    array: fc.array(tie('value'), { maxLength: 4 }),
    object: fc.dictionary(fc.string({ maxLength: 3 }), tie('value'), { maxKeys: 4, noNullPrototype: true }),
    map: fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 3 }).map((entries) => new Map(entries)),
    set: fc.array(tie('value'), { maxLength: 3 }).map((items) => new Set(items)),
  })).value;
}
