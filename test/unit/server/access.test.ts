import { checkAccess, isLoopback } from '../../../src/server/access.ts';

const own = { host: '127.0.0.1' };

describe('Access to a server', () => {
  it.each(['127.0.0.1:8000', 'localhost:8000', 'localhost', '[::1]:8000', '10.0.0.7:8000'])(
    'is given by %s',
    (host) => {
      expect(() => checkAccess({ host }, own)).not.toThrow();
    },
  );

  it('is given by the name that the server was told to listen on', () => {
    expect(() => checkAccess({ host: 'Box.example:8000' }, { host: 'box.example' })).not.toThrow();
  });

  it.each([['attacker.example:8000'], ['127.0.0.1.attacker.example'], [''], [undefined]])(
    'is refused by %j',
    (host) => {
      expect(() => checkAccess({ host }, own)).toThrow(/is not this server's/);
    },
  );

  it.each(['https://attacker.example', 'null', 'http://127.0.0.1:3000'])('is refused to pages of %s', (origin) => {
    expect(() => checkAccess({ host: '127.0.0.1:8000', origin }, own)).toThrow('requests of web pages');
  });

  it('is given to pages of its own origin', () => {
    expect(() => checkAccess({ host: '127.0.0.1:8000', origin: 'http://127.0.0.1:8000' }, own)).not.toThrow();
  });

  it.each([
    ['without a key', undefined],
    ['with another key', 'Bearer no'],
    ['with a key of another kind', 'Basic secret'],
  ])('is refused %s where one is asked for', (_, authorization) => {
    const check = () => checkAccess({ host: 'box.example', authorization }, { ...own, apiKey: 'secret' });
    expect(check).toThrow(expect.objectContaining({ status: 401, headers: { 'www-authenticate': 'Bearer' } }));
  });

  it('is given with the key, by whatever name', () => {
    const headers = { host: 'box.example', authorization: 'Bearer secret' };
    expect(() => checkAccess(headers, { ...own, apiKey: 'secret' })).not.toThrow();
  });

  it('knows what is this machine alone', () => {
    expect(['127.0.0.1', 'localhost', '::1', '0.0.0.0', '::', 'box.example'].filter(isLoopback)).toEqual([
      '127.0.0.1',
      'localhost',
      '::1',
    ]);
  });
});
