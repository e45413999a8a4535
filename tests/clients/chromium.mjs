// Unpacks Chromium, and the libraries that a machine without a desktop lacks, into the temporary folder (TMPDIR).
// Prints the path of the program. Its libraries are in `al2023/lib` beside it.
import chromium, { inflate } from "@sparticuz/chromium";
import { fileURLToPath } from "node:url";

await inflate(fileURLToPath(import.meta.resolve("@sparticuz/chromium").replace("build/index.js", "bin/al2023.tar.br")));
console.log(await chromium.executablePath());
