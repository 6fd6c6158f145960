// Runs in CloudFront before each response. No script of a document runs, and it is no page of the origin that serves it.
// A PDF is exempt, because the viewers of browsers stay blank in a sandbox. A 304 is exempt, because it names no type, and a
// browser adds its headers to those that it has stored.
function handler(event) {
  var response = event.response;
  var type = response.headers['content-type'] ? response.headers['content-type'].value.toLowerCase() : '';
  if (response.statusCode !== 304 && type.indexOf('application/pdf') !== 0) {
    response.headers['content-security-policy'] = {
      value: "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'"
    };
  }
  return response;
}
