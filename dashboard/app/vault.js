// Where a session is kept: one value in the browser's database, which all tabs see change at the same time. (Local
// storage is no place for it: a tab may read there what another has already replaced.)

const DATABASE = "freshtrack";
const STORE = "session";
const KEY = "current";

const settled = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

export class Vault {
  #database;
  #channel = new BroadcastChannel(DATABASE);

  static async open() {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    const vault = new Vault();
    vault.#database = await settled(request);
    return vault;
  }

  /** What is kept, or `undefined`. */
  read() {
    return settled(this.#database.transaction(STORE).objectStore(STORE).get(KEY));
  }

  /** Keeps a value, or nothing. When it is done, every tab reads it. */
  write(value) {
    const transaction = this.#database.transaction(STORE, "readwrite");
    const store = transaction.objectStore(STORE);
    if (value === undefined) store.delete(KEY);
    else store.put(value, KEY);
    return new Promise((done, failed) => {
      transaction.onabort = () => failed(transaction.error);
      transaction.oncomplete = () => {
        this.#channel.postMessage("written");
        done();
      };
    });
  }

  /** Calls `listener` after another tab has written. */
  onWritten(listener) {
    this.#channel.onmessage = () => listener();
  }
}
