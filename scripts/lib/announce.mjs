// Prints the URL of the app when everything runs. This is the last task of prox.yaml.

import { duration } from './steps.mjs';

const { PORT = '8787', BEGAN } = process.env;
const after = BEGAN ? `ready after ${duration(Date.now() - Number(BEGAN))}; ` : '';
console.log(`http://localhost:${PORT}   (${after}Ctrl-C stops it)`);
