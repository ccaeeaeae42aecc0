// node list.mjs FOLDER: prints [{code, kind, name}] from the data folder of @etalab/decoupage-administratif.
import { readFileSync } from "node:fs"
import { join } from "node:path"

const folder = process.argv[2]
const read = (file) => JSON.parse(readFileSync(join(folder, `${file}.json`), "utf8"))
const territories = (kind, places) => places.map(({ code, nom }) => ({ code, kind, name: nom }))

const communes = read("communes").filter(({ type }) => type === "commune-actuelle")

console.log(
    JSON.stringify([
        ...territories("commune", communes),
        ...territories("epci", read("epci")),
        ...territories("departement", read("departements")),
        ...territories("region", read("regions")),
    ]),
)
