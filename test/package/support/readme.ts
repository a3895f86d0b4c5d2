import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './project.js';

export const README = await readFile(join(ROOT, 'README.md'), 'utf8');

/** What stands below a heading, up to the next one of any level. */
export function section(heading: string): string {
  const [, text = ''] = README.split(new RegExp(`^#+ ${heading}$`, 'm'));
  return text.split(/^#+ /m, 1).join('');
}

/** The code blocks of a language. */
export function codeBlocks(markdown: string, language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms');
  return [...markdown.matchAll(fence)].map(([, code = '']) => code);
}

/** The TypeScript blocks by file name, which their first line may give. */
export function typeScriptFiles(markdown: string): { file: string; code: string }[] {
  return codeBlocks(markdown, 'ts').map((code, index) => {
    const [, file = `src/block-${index + 1}.ts`] = /^\/\/ (\S+)\n/.exec(code) ?? [];
    return { file, code };
  });
}
