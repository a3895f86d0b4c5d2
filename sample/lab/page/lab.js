// The lab's page: presses a button's route, then asks the server what it makes of the cookie that
// the browser sends along.

const EXPLANATIONS = {
  missing: 'The browser sent no such cookie.',
  malformed: 'It does not have the shape of a signed value, so nothing was computed.',
  'too-large': 'It is longer than any signed value, so nothing was computed.',
  version: 'It has a format that the server does not read.',
  'unknown-key': 'It names a key that the server no longer has.',
  signature: 'The signature does not match what it should have signed.',
  name: 'The signature matches, but it was made for a cookie of another name.',
  expired: 'The signature matches, but the date is older than the server allows.',
  future: 'The signature matches, but the date lies in the future.',
  encoding: 'The signature matches, but the value is not text.',
  decrypt: 'The signature matches, but the value cannot be decrypted.',
};

const find = (id) => document.getElementById(id);
const main = document.querySelector('main');
const buttons = document.querySelectorAll('button[data-action]');

/** The date of the cookie on show, and how far the server's clock is ahead of ours. Seconds. */
let shown = { date: Number.NaN, maxAge: Number.NaN, skew: 0 };

for (const button of buttons) {
  button.addEventListener('click', () => press(button.dataset.action));
}
setInterval(showAge, 1000);
await refresh({ note: '', setCookie: undefined });

async function press(action) {
  if (main.ariaBusy === 'true') {
    return;
  }
  main.ariaBusy = 'true';
  try {
    const response = await fetch(`/lab/${action}`, { method: 'POST' });
    const answer = await response.json();
    await refresh(response.ok ? answer : { note: answer.message, setCookie: [] });
  } catch {
    showVerdict('none', 'No answer', '', 'The server could not be reached.', '');
  } finally {
    main.ariaBusy = 'false';
  }
}

/** A second request, because only that one carries what the first answer set. */
async function refresh({ note, setCookie, changed }) {
  const response = await fetch('/lab/cookie');
  const state = await response.json();
  const date = state.fields.find(({ field }) => field === 'date')?.content;
  shown = {
    date: date === undefined ? Number.NaN : Number(date),
    maxAge: state.maxAge,
    skew: state.now - Date.now() / 1000,
  };
  showJudgement(state, note);
  showSigned(state, changed);
  showLegend(state);
  showAge();
  showWire(state, setCookie);
  showRefusal(state);
}

function showJudgement({ verdict, name, keys }, note) {
  if (verdict.valid) {
    const explanation = verdict.current
      ? `It reads “${verdict.value}”: the signature matches, and so do the name and the date.`
      : `It reads “${verdict.value}”, but key ${verdict.keyVersion} has been replaced by key ${keys.signs}: renew it while the old key is still read.`;
    showVerdict('accepted', 'Accepted', verdict.current ? '' : 'old key', explanation, note);
  } else if (verdict.reason === 'missing') {
    showVerdict('none', 'No cookie', 'missing', EXPLANATIONS.missing, note);
  } else {
    const explanation =
      verdict.reason === 'name'
        ? `The signature matches, but it was made for another cookie than ${name}.`
        : EXPLANATIONS[verdict.reason];
    showVerdict('refused', 'Refused', verdict.reason, explanation, note);
  }
}

function showVerdict(kind, word, reason, explanation, note) {
  find('verdict').dataset.verdict = kind;
  find('verdict-word').textContent = word;
  find('reason').textContent = reason;
  find('reason').hidden = reason === '';
  find('explanation').textContent = explanation;
  find('note').textContent = note;
}

function showSigned({ signed, fields }, changed) {
  const place = find('signed');
  place.classList.toggle('empty', signed === undefined);
  if (signed === undefined) {
    place.textContent = 'There is no cookie to take apart. Set one.';
  } else if (fields.length === 0) {
    place.textContent = signed;
  } else {
    place.replaceChildren(...fieldElements(fields, changed));
  }
}

function fieldElements(fields, changed = -1) {
  let start = 0;
  return fields.map(({ field, prefix, content, suffix }) => {
    const position = changed - start - prefix.length;
    start += prefix.length + content.length + suffix.length;
    const isHere = position >= 0 && position < content.length;
    const span = element('span', '', [
      element('span', 'frame', [prefix]),
      ...(isHere
        ? [
            content.slice(0, position),
            element('mark', '', [content[position]]),
            content.slice(position + 1),
          ]
        : [content]),
      element('span', 'frame', [suffix]),
    ]);
    span.dataset.field = field;
    return span;
  });
}

function showLegend({ fields, keys }) {
  for (const place of document.querySelectorAll('.legend .content')) {
    place.textContent = '–';
  }
  for (const { field, content } of fields) {
    find(`content-${field}`).textContent = readable(field, content);
  }
  const value = fields.find(({ field }) => field === 'value');
  find('secrecy').textContent =
    value !== undefined && textOf(value.content) === undefined
      ? 'Encrypted, in Base64: the server alone can read it.'
      : 'Base64: anyone can read it, nobody can change it unnoticed.';
  find('keys').textContent =
    keys.reads === undefined
      ? `Key ${keys.signs} signs.`
      : `Key ${keys.signs} signs, key ${keys.reads} is still read.`;
}

function readable(field, content) {
  if (field === 'date') {
    const date = new Date(Number(content) * 1000);
    return Number.isNaN(date.getTime())
      ? content
      : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  }
  if (field === 'signature' && content.length > 20) {
    return `${content.slice(0, 16)}…`;
  }
  return field === 'value' ? (textOf(content) ?? 'bytes, not text') : content;
}

/** The text that a value field holds; `undefined` for bytes that are not text, such as encrypted ones. */
function textOf(base64) {
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function showAge() {
  const { date, maxAge, skew } = shown;
  const age = Math.max(0, Math.floor(Date.now() / 1000 + skew - date));
  find('age').textContent = Number.isNaN(age)
    ? `Older than ${duration(maxAge)} is refused.`
    : `It is ${duration(age)} old, and ${duration(maxAge)} is the limit.`;
  // A style that a script sets on an element is not an inline style to the policy.
  find('elapsed').style.width = Number.isNaN(age) ? '0' : `${Math.min(100, (100 * age) / maxAge)}%`;
  find('elapsed').classList.toggle('over', age > maxAge);
}

function duration(seconds) {
  const minutes = Math.floor(seconds / 60);
  return minutes === 0
    ? `${seconds} s`
    : `${minutes} min${seconds % 60 === 0 ? '' : ` ${seconds % 60} s`}`;
}

function showWire({ cookie }, setCookie) {
  showLines('set-cookie', 'Set-Cookie', setCookie ?? [], 'It set no cookie.');
  showLines('cookie', 'Cookie', cookie === '' ? [] : [cookie], 'It carried no cookie of the lab.');
  showLines(
    'script-cookie',
    'document.cookie',
    document.cookie.split('; ').filter((pair) => pair.startsWith('lab-')),
    'Nothing: the cookie is HttpOnly, so document.cookie leaves it out.',
  );
}

function showLines(id, header, lines, none) {
  find(id).replaceChildren(
    ...(lines.length === 0
      ? [element('p', '', [none])]
      : lines.map((line) =>
          element('code', '', [element('b', '', [`${header}: `]), element('span', '', [line])]),
        )),
  );
}

function showRefusal({ refusal }) {
  find('refusal').hidden = refusal === undefined;
  find('refusal').textContent = refusal ?? '';
  for (const button of buttons) {
    button.disabled = refusal !== undefined;
  }
}

function element(tag, className, children) {
  const created = document.createElement(tag);
  if (className !== '') {
    created.className = className;
  }
  created.append(...children);
  return created;
}
