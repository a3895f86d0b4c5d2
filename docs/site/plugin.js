import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Converter, DefaultTheme, KindRouter, ReflectionKind } from 'typedoc';

const PACKAGE = 'nestjs-secure-cookie';

/**
 * Makes one site of the pages and the API reference. Each page has the title of its first heading, the
 * address of its file, and the place in the navigation that the list in README.md gives it.
 *
 * @param {import('typedoc').Application} app
 */
export function load(app) {
  const labels = labelsOf(readFileSync('README.md', 'utf8'));
  /** The document's path below the root, without its ending. */
  const paths = new Map();

  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, document) => {
    const [, title] = /^\s*# (.+)$/m.exec(document.content[0]?.text ?? '') ?? [];
    if (title === undefined) {
      throw new Error(`${document.name}.md does not begin with a heading.`);
    }
    paths.set(document, document.name);
    document.name = title;
  });
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getChildrenByKind(ReflectionKind.Module)) {
      module.name = module.name === 'index' ? PACKAGE : `${PACKAGE}/${module.name}`;
    }
  });

  class PageRouter extends KindRouter {
    getIdealBaseName(reflection) {
      if (paths.has(reflection)) {
        return `documents/${basename(paths.get(reflection))}`;
      }
      // Without the module: names are unique among both.
      const [folder, name = ''] = super.getIdealBaseName(reflection).split('/', 2);
      return reflection.kindOf(ReflectionKind.Module)
        ? `${folder}/${name}`
        : `${folder}/${name.slice(name.lastIndexOf('.') + 1)}`;
    }
  }

  class PageTheme extends DefaultTheme {
    buildNavigation(project) {
      const entry = (reflection) => ({
        text: reflection.name,
        path: this.router.getFullUrl(reflection),
        kind: reflection.kind,
        class: this.getReflectionClasses(reflection),
      });
      const documents = project.documents ?? [];
      const groups = [...new Set(labels.values())].map((label) => ({
        text: label,
        children: [...labels]
          .filter(([, other]) => other === label)
          .flatMap(([path]) => documents.filter((one) => `${paths.get(one)}.md` === path))
          .map(entry),
      }));
      const modules = project.getChildrenByKind(ReflectionKind.Module).map((module) => ({
        text: module.name,
        children: [entry(module), ...(module.children ?? []).map(entry)],
      }));
      return [...groups, ...modules];
    }

    render(page) {
      return accessible(super.render(page));
    }
  }

  app.renderer.defineRouter('pages', PageRouter);
  app.renderer.defineTheme('pages', PageTheme);
}

/** The documents that README.md lists, in its order, each with the label of its line. */
function labelsOf(readme) {
  const [, list = ''] = readme.split('\n## Documents\n');
  const labels = new Map();
  for (const line of list.split(/^- /m).slice(1)) {
    const [label = ''] = line.split(':', 1);
    for (const [, file = ''] of line.matchAll(/\]\(([\w/-]+\.md)\)/g)) {
      labels.set(file, label);
    }
  }
  return labels;
}

/** What the theme leaves out for those who read with a keyboard or by ear. */
function accessible(html) {
  const withLandmark = html
    .replace('<div class="col-content">', '<div class="col-content" role="main">')
    .replace('<div class="col-sidebar">', '<div class="col-sidebar" role="complementary">');
  const withTables = withLandmark.replaceAll(
    /<table>.*?<\/table>/gs,
    (table) => `<div class="table" role="group" aria-label="Table" tabindex="0">${table}</div>`,
  );
  const withSummaries = withTables.replaceAll(/<summary\b.*?<\/summary>/gs, (summary) =>
    summary.replaceAll(/<a href="#[^"]*" aria-label="Permalink".*?<\/a>/gs, ''),
  );
  // Where something is defined is no landmark of its own.
  const withSources = withSummaries.replaceAll('<aside', '<div').replaceAll('</aside>', '</div>');
  return orderHeadings(withSources);
}

/** No level is left out: what stood two levels below stands one below. */
function orderHeadings(html) {
  const open = [];
  return html.replaceAll(/<h([1-6])\b([^]*?)<\/h\1>/g, (_heading, level, rest) => {
    while (open.length > 0 && open.at(-1) >= Number(level)) {
      open.pop();
    }
    open.push(Number(level));
    return `<h${open.length}${rest}</h${open.length}>`;
  });
}
