import { Photos } from "./photos";

export const dynamic = "force-dynamic";

export default function Page() {
  return <Photos endpoint={process.env.AIRLOCK_API!} />;
}
