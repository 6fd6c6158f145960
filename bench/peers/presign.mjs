// getSignedUrl(UploadPart) of AWS SDK v3. Each line of stdin is a number of URLs; prints the CPU seconds per URL.
import { createInterface } from "node:readline";
import { S3Client, UploadPartCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

const [bucket, key, uploadId] = process.argv.slice(2);
const s3 = new S3Client({});
const cpu = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
};

for await (const line of createInterface({ input: process.stdin })) {
    const before = cpu();
    for (let n = 1; n <= Number(line); n += 1) {
        const part = { Bucket: bucket, Key: key, UploadId: uploadId, PartNumber: n, ContentLength: 67108864 };
        await getSignedUrl(s3, new UploadPartCommand(part), { expiresIn: 900 });
    }
    console.log(JSON.stringify((cpu() - before) / Number(line)));
}
