throw new Error('A spec of a room that knows nothing of Nest loads Nest: move it to test/e2e.');
