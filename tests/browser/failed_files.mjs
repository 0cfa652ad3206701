// Prints the files in which a test of the last run failed, one a line. Prints nothing when that run left no results.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

let results = { testResults: [] };
try {
  results = JSON.parse(readFileSync('out/results.json', 'utf8'));
} catch {
  // The run ended before it could say anything: that is for whoever called it.
}
for (const { name, status } of results.testResults) if (status !== 'passed') console.log(relative('.', name));
