// The account's page: logs in and out, and asks the server once a second who it sees, in three ways.

const EVERY_MILLISECONDS = 1000;

const find = (id) => document.getElementById(id);
const main = document.querySelector('main');

let socket = openSocket();
find('login').addEventListener('submit', logIn);
for (const button of document.querySelectorAll('button[data-action]')) {
  button.addEventListener('click', () => press(button.dataset.action));
}
setInterval(ask, EVERY_MILLISECONDS);
await ask();

function logIn(event) {
  event.preventDefault();
  const form = new FormData(event.target);
  return press('login', { user: form.get('user'), remember: form.has('remember') });
}

async function press(action, body = {}) {
  if (main.ariaBusy === 'true') {
    return;
  }
  main.ariaBusy = 'true';
  try {
    const response = await post(`/account/${action}`, body);
    show('problem', await problemOf(response));
    if (response.ok && action === 'login') {
      // A socket has the cookies of its handshake: a new login needs a new one.
      socket.close();
      socket = openSocket();
    }
  } catch {
    show('problem', 'The server could not be reached.');
  }
  await ask();
  main.ariaBusy = 'false';
}

async function problemOf(response) {
  if (response.ok) {
    return '';
  }
  return response.status === 401 ? 'You are not logged in.' : (await response.json()).message;
}

/** Asks in three ways. */
async function ask() {
  try {
    askSocket();
    await Promise.all([askHttp(), askGraphql()]);
  } catch {
    show('status', 'The server does not answer.');
  }
}

async function askHttp() {
  const response = await fetch('/account/session');
  const session = response.ok ? await response.json() : undefined;
  show('http', session?.user ?? 'nobody');
  show('device', session?.device ?? '–');
  show('bound', boundText(session));
  show('identifier', session?.boundUntil ? await askIdentifier() : '–');
  show('status', session === undefined ? 'Not logged in.' : `Logged in as ${session.user}.`);
}

/** The cookie that holds it is sent to places below `/account/device` alone. */
async function askIdentifier() {
  const { identifier } = await (await fetch('/account/device/session')).json();
  return identifier ?? '–';
}

/** Over HTTPS, and in a browser that knows Device Bound Session Credentials. */
function boundText(session) {
  if (session === undefined) {
    return '–';
  }
  return session.boundUntil === null
    ? 'no'
    : `yes; proved again by ${new Date(session.boundUntil * 1000).toLocaleTimeString()}`;
}

async function askGraphql() {
  const response = await post('/account/graphql', { query: '{ whoAmI }' });
  const { data } = await response.json();
  show('graphql', data.whoAmI ?? 'nobody');
}

function askSocket() {
  if (socket.readyState === WebSocket.OPEN) {
    socket.send(JSON.stringify({ event: 'who-am-i' }));
  } else if (socket.readyState === WebSocket.CLOSED) {
    socket = openSocket();
  }
}

function openSocket() {
  const opened = new WebSocket(`${location.origin.replace('http', 'ws')}/account/socket`);
  opened.addEventListener('open', askSocket);
  opened.addEventListener('message', ({ data }) => {
    show('socket', JSON.parse(data).data ?? 'nobody');
  });
  return opened;
}

function post(url, body) {
  return fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** Only what changed: what is written again might be read out again. */
function show(id, text) {
  if (find(id).textContent !== text) {
    find(id).textContent = text;
  }
}
