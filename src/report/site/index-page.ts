/** What a page may load and do: its own files, beside it on a disk or on a server. Nothing inline, nothing from elsewhere. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' file:",
  "style-src 'self' file:",
  "img-src 'self' file: data:",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The page that everything is loaded by. Runs are named by the data, not here. */
export const indexPage = (scripts: readonly string[]) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>metis-rise report</title>
<link rel="stylesheet" href="report.css">
</head>
<body>
<div id="page"><noscript>This report needs JavaScript; the same figures are in report.md of the run.</noscript></div>
${scripts.map((script) => `<script src="${script}"></script>\n`).join('')}</body>
</html>
`;
