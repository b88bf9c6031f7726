// Package e2e holds the tests that open the console in a real Chromium,
// against the real server on a temporary SQLite. They need Debian's package
// chromium, and axe-core of the version in package.json below build/npm:
//
//	npm install --prefix build/npm axe-core@<version>
//
// go test -short skips them where something is missing.
package e2e
