// The REST API: one request, and the same as the signed-in user. Neighbours: `session` holds the tokens.

/** What the server answered instead: an RFC 9457 problem. `status` is 0 where no answer came at all. */
export class ApiError extends Error {
  constructor(status, { code = "unreachable", detail, title } = {}) {
    super(detail ?? title ?? "The server cannot be reached.");
    this.status = status;
    this.code = code;
  }
}

/** Sends a request; what came back, or an `ApiError`. */
export async function request(path, { method = "GET", body, token } = {}) {
  const headers = {
    ...(body && { "Content-Type": "application/json" }),
    ...(token && { Authorization: `Bearer ${token}` }),
  };
  const options = { method, headers, body: body && JSON.stringify(body), cache: "no-store" };
  const response = await fetch(`/api/v1${path}`, options).catch(() => {
    throw new ApiError(0);
  });
  const text = await response.text();
  if (response.ok) return text ? JSON.parse(text) : undefined;
  throw new ApiError(response.status, problem(text));
}

/** A proxy's error page is no problem document. */
function problem(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { code: "unknown", detail: "The server could not answer." };
  }
}

/** Requests of the signed-in user; a token that has ended is exchanged once. */
export function authorized(session) {
  return async (path, options = {}) => {
    const token = session.current?.accessToken;
    try {
      return await request(path, { ...options, token });
    } catch (error) {
      if (error.status !== 401 || !session.current) throw error;
      const { accessToken } = await session.renewed(token);
      return request(path, { ...options, token: accessToken });
    }
  };
}
