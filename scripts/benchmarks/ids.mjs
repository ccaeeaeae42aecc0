// The ids that world.sql gives, and where they stand in the interface.

export function id(kind, number) {
    const hex = kind.charCodeAt(0).toString(16).padEnd(20, "0") + number.toString(16).padStart(12, "0")
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-")
}

export const groupPath = (group) => `/api/v1/groups/${id("group", group)}`
export const threadPath = (thread, threadsPerGroup) => `${groupPath(Math.floor(thread / threadsPerGroup))}/threads/${id("thread", thread)}`
export const cookies = (count) => Array.from({ length: count }, (_, i) => `margelle_session=bench-${i + 1}`)
export const range = (count) => Array.from({ length: count }, (_, i) => i)
