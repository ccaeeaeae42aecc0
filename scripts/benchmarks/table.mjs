// A line's measures as text, a row each.
const figure = (value) => (value === null || value === undefined ? "" : value >= 100 ? value.toFixed(0) : value.toPrecision(3))

function row({ name, unit, value, against = "", peer, ratio, goal, less_is_better, met, server_cpu_us, ...rest }) {
    const bound = less_is_better ? "≤" : "≥"
    const judged = goal === undefined ? "" : `${bound} ${goal} ${met ? "met" : "missed"}`
    const limited = rest.limited_by_generator || peer?.limited_by_generator ? ["limited by the generator"] : []
    const remarks = [...limited, ...rest.troubles, ...(peer?.troubles ?? []).map((trouble) => `peer: ${trouble}`)]
    return [name, `${figure(value)} ${unit}`, figure(server_cpu_us), figure(peer?.value), against, figure(ratio), judged, remarks.join(", ")]
}

export function table(line, measures) {
    const rows = [[line, "ours", "CPU µs", "peer", "against", "ratio", "goal", ""], ...measures.map(row)]
    const widths = rows[0].map((_, column) => Math.max(...rows.map((cells) => cells[column].length)))
    return rows.map((cells) => cells.map((cell, column) => cell.padEnd(widths[column])).join("  ").trimEnd()).join("\n") + "\n"
}
