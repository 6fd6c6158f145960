// A Node.js function with AWS SDK v3, bundled by esbuild.
import { randomUUID } from "node:crypto";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

const s3 = new S3Client({});
const dynamodb = new DynamoDBClient({});

export async function handler(event) {
    const { fileName, size, contentType } = JSON.parse(event.body);
    if (typeof fileName !== "string" || !Number.isInteger(size) || typeof contentType !== "string") {
        return { statusCode: 422, body: "{}" };
    }
    const id = randomUUID();
    await dynamodb.send(
        new PutItemCommand({
            TableName: process.env.AIRLOCK_TABLE,
            Item: {
                pk: { S: event.requestContext.authorizer.jwt.claims.sub },
                sk: { S: id },
                fileName: { S: fileName },
                size: { N: String(size) },
                contentType: { S: contentType },
                status: { S: "pending" },
            },
            ConditionExpression: "attribute_not_exists(pk)",
        }),
    );
    const command = new PutObjectCommand({
        Bucket: process.env.AIRLOCK_BUCKET,
        Key: `staging/${id}`,
        ContentLength: size,
        ContentType: contentType,
        IfNoneMatch: "*",
    });
    const url = await getSignedUrl(s3, command, { expiresIn: 900 });
    return { statusCode: 201, body: JSON.stringify({ id, status: "pending", url }) };
}
