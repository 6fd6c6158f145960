/** Returns the access token of the session; here of the only user. */
export async function GET() {
  return new Response(process.env.AIRLOCK_TOKEN);
}
