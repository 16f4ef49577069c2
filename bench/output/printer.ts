/** Prints measures of a benchmark, one JSON line each, rounded to so many digits. */
export const printer =
  (bench: string, digits: number) =>
  (measure: string, value: number, unit: string, peer?: { readonly name: string; readonly value: number }): void => {
    const round = (number: number): number => Number(number.toPrecision(digits))
    console.log(
      JSON.stringify({
        bench,
        measure,
        value: round(value),
        unit,
        peer: peer?.name ?? null,
        peerValue: peer ? round(peer.value) : null,
        ratio: peer ? round(value / peer.value) : null,
      }),
    )
  }
