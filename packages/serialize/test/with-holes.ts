/** An array of this length, with nothing but these elements. */
export const withHoles = (length: number, elements: Readonly<Record<number, unknown>>): unknown[] => {
  const array: unknown[] = []
  array.length = length
  return Object.assign(array, elements)
}
