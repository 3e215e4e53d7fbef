"""Ordinary lines of job logs, without a secret: from templates of many programs, with made-up details."""
# ruff: noqa: E501 - a line of a log is a line here

import hashlib
import random
import uuid

TEMPLATES = """
[{ts}] [main] [INFO] [dku.job.slave] - Job kernel starting, pid={n}
[{ts}] [main] [INFO] [dku.job.slave] - Loaded keystore type {w}, {n} keys
[{ts}] [FRT-{n}-FlowRunnable] [INFO] [dku.flow.jobrunner] running {act} - Starting {rec} recipe
[{ts}] [FRT-{n}-FlowRunnable] [INFO] [dku.flow.activity] running {act} - activity is finished
[{ts}] [FRT-{n}-FlowRunnable] [DEBUG] [dku.dataset.hash] running {act} - Readiness cache miss for dataset {ds} partition {date}
[{ts}] [FRT-{n}-FlowRunnable] [INFO] [dku.datasets.sql] running {act} - Checking if table "{ds}" exists
[{ts}] [FRT-{n}-FlowRunnable] [DEBUG] [dku.connections.sql] running {act} - Connecting to jdbc:postgresql://dwh.internal:5432/{w} with props: {{"user":"dss","ssl":"true"}}
[{ts}] [FRT-{n}-FlowRunnable] [INFO] [dku.sql.generic] running {act} - SELECT "{col}", COUNT(*) FROM "{ds}" WHERE "{col}" IS NOT NULL GROUP BY "{col}"
[{ts}] [qtp{n}-{n}] [DEBUG] [dku.security.auth] - Authentication by user session for alice, session id {n}
[{ts}] [qtp{n}-{n}] [INFO] [dku.security.auth] - Auth context: authSource=USER_FROM_UI, authIdentifier={w}
[{ts}] [null-out-{n}] [INFO] [dku.utils]  - {n} rows successfully written ({hash8})
[{ts}] [null-err-{n}] [INFO] [dku.utils]  - KeyError: '{col}'
[{ts}] [null-err-{n}] [INFO] [dku.utils]  -   File "/opt/dss/python/dataiku/core/{w}.py", line {n}, in {w}_tokens
[{ts}] [ActivityExecutor-{n}] [ERROR] [dku.flow.jobrunner] running {act} - Activity unexpectedly failed
[{ts}] [Thread-{n}] [INFO] [dku.flow.activity] - Computing dependencies of {ds}, job {job}
[{ts}] [Thread-{n}] [INFO] [dku.usage.computer] - Job {job} in state DONE after {n} ms
[{ts}] [main] [DEBUG] [dku.jobs.ticket] - Ticket registered for activity {act}
[{ts}] [main] [INFO] [dku.security] - API ticket expired for job {job}
[{ts}] [main] [INFO] [dku.connections] - Connection {w}: credentialsMode=GLOBAL, user={w}
[{ts}] [main] [INFO] [dku.k8s] - Created secret dku-exec-{hash8} in namespace {w}
[{ts}] [main] [WARN] [dku.security] - No encryption key configured, using default password policy
{d2} INFO SparkContext: Running Spark version 3.5.{n1}
{d2} INFO SecurityManager: SecurityManager: authentication disabled; ui acls disabled; users with view permissions: {w}; groups with view permissions: EMPTY
{d2} INFO TaskSetManager: Starting task {n1}.0 in stage {n1}.0 (TID {n}) ({ip}, executor {n1}, partition {n}, PROCESS_LOCAL, {n} bytes) taskResourceAssignments Map()
{d2} INFO TaskSetManager: Finished task {n1}.0 in stage {n1}.0 (TID {n}) in {n} ms on {ip} (executor {n1}) ({n1}/{n})
{d2} INFO BlockManagerInfo: Added broadcast_{n}_piece0 in memory on {ip}:{port} (size: {n1}.{n1} KiB, free: {n}.{n1} MiB)
{d2} INFO MemoryStore: Block broadcast_{n} stored as values in memory (estimated size {n}.{n1} KiB, free {n}.{n1} MiB)
{d2} INFO DAGScheduler: Submitting {n} missing tasks from ShuffleMapStage {n1} (MapPartitionsRDD[{n}] at save at {w}.scala:{n})
{d2} INFO CodeGenerator: Code generated in {n}.{n} ms
{d2} INFO FileSourceStrategy: Pushed Filters: IsNotNull({col}),EqualTo({col},{n})
{d2} INFO HiveMetaStore: 0: get_table : db={w} tbl={ds}
{d2} INFO SessionState: Hive Session ID = {uuid}
{d2} INFO Utils: Successfully started service 'sparkDriver' on port {port}.
{d2} INFO DelegationTokenManager: Token renewal interval is {n} ms
{d2} INFO HadoopDelegationTokenManager: Scheduling renewal in {n}.0 h.
{d2} INFO YarnClient: Token kind: YARN_AM_RM_TOKEN, service: {ip}:{port}
{d2} WARN TaskMemoryManager: Failed to allocate a page ({n} bytes), try again.
{d2} WARN ShuffledHashJoin: join key={col} is skewed, key count {n}
{d2} INFO SortMergeJoinExec: join keys: [{col}, {w}_id], hash key: {col}
{d2} INFO ParquetOutputFormat: Parquet block size {n}, dictionary page size {n}, checksum {md5}
+- Exchange hashpartitioning({col}#{n}, 200), ENSURE_REQUIREMENTS, [plan_id={n}]
   +- HashAggregate(keys=[{col}#{n}], functions=[partial_count(1)], output=[{col}#{n}, count#{n}L])
== Physical Plan == AdaptiveSparkPlan isFinalPlan=false, key={col}
    at org.apache.spark.sql.{w}.{W}.$anonfun$run${n1}({W}.scala:{n})
    at com.dataiku.dip.dataflow.exec.{W}Runner.authenticate({W}Runner.java:{n})
    at java.base/java.security.KeyStore.load(KeyStore.java:{n})
    at org.apache.hadoop.security.token.Token.decodeFromUrlString(Token.java:{n})
Caused by: org.postgresql.util.PSQLException: FATAL: password authentication failed for user "{w}"
Caused by: java.io.IOException: Keystore was tampered with, or password was incorrect
Caused by: java.sql.SQLException: Unexpected token: {W} in statement [SELECT {col} FROM {ds}]
org.apache.spark.sql.catalyst.parser.ParseException: mismatched input token: 'FROM' expecting {{<EOF>, ';'}}(line {n1}, pos {n})
java.lang.NullPointerException: Cannot invoke "{W}.getToken()" because "<local{n1}>" is null
{d3} [{w}-{n1}] INFO  c.e.{w}.{W}Service - Processed {n} messages for key {col}-{n} in {n}ms
{d3} [{w}-{n1}] DEBUG c.e.{w}.{W}Repository - cache key={col}:{n}:{date} hit
{d3} [{w}-{n1}] INFO  o.a.kafka.clients.consumer.ConsumerConfig - key.deserializer = class org.apache.kafka.common.serialization.StringDeserializer
{d3} [{w}-{n1}] INFO  o.a.kafka.clients.consumer.ConsumerConfig - sasl.login.refresh.window.factor = 0.{n1}
{d3} [{w}-{n1}] INFO  o.a.kafka.clients.consumer.ConsumerConfig - ssl.keystore.location = /etc/{w}/keystore.jks
{d3} [{w}-{n1}] INFO  o.a.kafka.clients.consumer.ConsumerConfig - ssl.keystore.password = null
{d3} [{w}-{n1}] INFO  o.a.kafka.clients.consumer.ConsumerConfig - sasl.oauthbearer.token.endpoint.url = null
{d3} [{w}-{n1}] INFO  o.a.kafka.clients.consumer.ConsumerConfig - ssl.key.password = [hidden]
{d3} [{w}-{n1}] INFO  com.zaxxer.hikari.HikariConfig - password........................<masked>
Traceback (most recent call last):
  File "/data/dss/code-envs/python/{w}/lib/python3.10/site-packages/pandas/core/indexes/base.py", line {n}, in get_loc
    return self._engine.get_loc(casted_key)
    tokens = tokenizer(text, max_length={n}, truncation=True)
    token = tokens[{n1}]
    password = getpass.getpass()
    secret = client.get_secret_value(SecretId=name)
    api_key = os.environ["{W}_API_KEY"]
    conn = connect(user=user, password=password, host=host)
    def login(self, username: str, password: str) -> Session:
    raise KeyError(key) from err
ValueError: Length of values ({n}) does not match length of index ({n})
TypeError: {w}() missing 1 required positional argument: 'token'
TypeError: sort_values() got an unexpected keyword argument 'key'
KeyError: "['{col}', '{w}_id'] not in index"
pandas.errors.MergeError: Merge keys contain null values on right side, join key: {col}
botocore.exceptions.NoCredentialsError: Unable to locate credentials
google.auth.exceptions.DefaultCredentialsError: Your default credentials were not found.
requests.exceptions.HTTPError: 401 Client Error: Unauthorized for url: https://api.example.com/v{n1}/{w}?page={n}&sort={col}
openai.BadRequestError: maximum context length is {n} tokens, however you requested {n} tokens (max_tokens={n})
tokenizer={w}-base max_tokens={n} temperature=0.{n1} top_p=0.{n1}
prompt_tokens={n}, completion_tokens={n}, total_tokens={n}
token count {n}, tokens per second {n}.{n1}
INFO:transformers.tokenization_utils:pad_token=[PAD] eos_token=</s> vocab_size={n}
Special tokens have been added in the vocabulary, pad_token_id: {n}
{{"model": "{w}", "usage": {{"prompt_tokens": {n}, "completion_tokens": {n}}}, "finish_reason": "stop"}}
{{"event": "page", "next_page_token": null, "has_more": false, "count": {n}}}
{{"level": "info", "msg": "key rotated", "keyCount": {n}, "path": "/var/lib/{w}/{hash8}"}}
{{"datasetName": "{ds}", "checksum": "{sha}", "primaryKey": "{col}"}}
epoch {n1}/{n} - loss: 0.{n} - accuracy: 0.{n} - val_loss: 0.{n}
{w} test session: passed={n}, failed={n1}, skipped={n1}
======= {n} passed, {n1} skipped in {n}.{n1}s =======
compass={n1} bypass={n1} trespass=0
pass {n1} of {n}: pass rate 0.{n}
bearing={n1} keyword={w} keyframe={n} monkey={w} turkey={n}
Collecting {w}=={n1}.{n1}.{n1}
  Downloading {w}-{n1}.{n1}.{n1}-py3-none-any.whl ({n} kB)
  Using cached {w}_{w}-{n1}.{n1}-cp310-cp310-manylinux_2_17_x86_64.manylinux2014_x86_64.whl.metadata ({n1}.{n1} kB)
Requirement already satisfied: tokenizers<0.20,>=0.19 in /data/dss/code-envs/python/{w}/lib/python3.10/site-packages
Looking in indexes: https://pypi.example.com/simple, https://nexus.example.com/repository/pypi/simple
Successfully installed cryptography-4{n1}.0 keyring-2{n1}.1 oauthlib-3.{n1} passlib-1.7.4 tokenizers-0.{n1}
  Stored in directory: /var/cache/pip/wheels/{hash2}/{hash2}/{hash2}/{sha}
WARNING: pip's dependency resolver does not currently take into account all the packages that are installed.
Building wheel for {w} (pyproject.toml): finished with status 'done', sha256={sha}
SELECT o.{col}, o.order_key, c.customer_key FROM {ds} o JOIN {w} c ON o.customer_key = c.customer_key
CREATE TABLE "{ds}" ("id" bigint PRIMARY KEY, "{col}" varchar(255), "password_hash" text)
ALTER TABLE {ds} ADD CONSTRAINT fk_{col} FOREIGN KEY ({col}) REFERENCES {w}(id)
INSERT INTO {ds} ({col}, token_count, key) VALUES ({n}, {n1}, '{w}')
CREATE INDEX idx_{col} ON {ds} USING btree ({col}); -- unique key: {col}
ERROR: duplicate key value violates unique constraint "{ds}_pkey" Detail: Key ({col})=({n}) already exists.
SELECT password_updated_at, token_expires_at FROM users WHERE id = {n}
ORA-00942: table or view does not exist {ds}
ORA-01017: invalid username/password; logon denied
snowflake.connector.errors.ProgrammingError: 002003 (02000): {uuid}: Object '{ds}' does not exist or not authorized.
Query id: {uuid}, session: {n}
key: column {col} in {ds}
primary key: {col}; partition key: {date}; sort key: {w}_id; cluster key={col}
Group key: {col}  Sort Key: {w}.{col}  Merge Key: {col}
foreign key: {w}.{col} -> {ds}.id
S3 object key: {w}/{date}/part-{n}-{uuid}.c000.snappy.parquet
s3://{w}-bucket/{ds}/dt={date}/part-{n}.parquet etag={md5}
Uploading /data/dss/jobs/{W}/{job}/log.txt to https://acc.blob.core.windows.net/{w}/{ds}
HEAD is now at {hash8} fix the {w} of {ds}
commit {sha1} author alice@example.com
Merge branch 'main' of https://git.example.com/{w}/{ds} into {w}-{n}
docker: Digest: sha256:{sha}
Pulling from registry.example.com/{w}/{ds}, tag v{n1}.{n1}.{n1}@sha256:{sha}
md5({ds}.csv) = {md5}
uuid={uuid} run_id={uuid} correlation-id: {uuid}
jobId={job} activityId={act} datasetName={ds}
build {job} triggered from scenario {w}
https://dss.example.com:11200/projects/{W}/jobs/{job}/
GET http://{ip}:{port}/api/{w}/{ds}?limit={n}&offset={n} 200 {n}ms
POST https://dss:11200/public/api/projects/{W}/jobs/ user@{w} 201
mail to alice@example.com, bob@example.org: done
kubectl get secret {w}-tls -n {w}; secret/{w}-tls created
Normal  Pulled  {n}s  kubelet  Successfully pulled image "{w}:{n1}" in {n}ms
secretName: {w}-credentials
secretKeyRef: name: {w}-db
tokenSecretRef={w}-tok
volumeMounts: mountPath=/var/run/secrets/kubernetes.io/serviceaccount
[1] "{w}"  "{col}"  "{ds}"
Error in read.csv(file = "{ds}.csv", sep = ",") : object '{w}' not found
Loading required package: {w}
Warning message: In {w}({col}) : NAs introduced by coercion to integer range
dplyr::left_join(x, y, by = "{col}") : Joining with `by = join_by({col}, key)`
+ cd /data/dss/{w}
+ export PATH=/usr/local/bin:/usr/bin:/bin
+ export PWD=/data/dss/{w} OLDPWD=/data
+ ls -la /opt/{w}/passwords.d /etc/passwd
+ mkdir -p /tmp/{w}/{hash8}
+ curl -sS -u "$USER:$PASSWORD" https://api.example.com/{w}
+ mysql -h db -P 3306 -u dss {w}
+ docker run --rm -p 8080:80 -e TZ=UTC {w}:{n1}
+ ssh -p 22 bob@{w}.example.com
+ test -n "$DB_PASSWORD"
export DB_PASSWORD=${{DB_PASSWORD}}
password: ${{{W}_PASSWORD}}
password=***
Authorization: ***
{{"password": null, "user": "{w}"}}
{{"password": "********", "user": "{w}"}}
password policy: at least {n1} characters, one digit
Password must be changed every {n} days
The password for user {w} has expired
invalid password for {w}
token expired at {date}T08:15:58Z
token type: bearer, expires_in: {n}
access token refreshed for {w}
Token validation succeeded for {w}, scope=read
secret scope {w} not found
Using credentials of {w} from /home/{w}/.aws/credentials
cookie policy accepted, cookies: {n1}
signature: def {w}({col}: int) -> str
Model signature: inputs: ['{col}': double, '{w}': string], outputs: ['prediction': long]
signature verified, sig version {n1}
ticket: {W}-{n} is resolved
ticket={W}-{n} status=DONE
auth: method=kerberos principal={w}@EXAMPLE.COM
author={w} authority={w} authored={date}
session started, session=spark-{n}, livy session_id={n}
partition=sid-{n} sidecar={w} sigma=0.{n} sasl=PLAIN
Partitions: {date}/{w}, {date}/{col}
feature key_{col} importance 0.{n}
{w}_key,{col},token_count,amount
{n},{w},{date},{n}.{n1},"{W} {w}",{hash8}
Row {n}: value '{col}' in column {w}_token is not numeric
column password_strength has {n} nulls
progress: {n1}0%|####      | {n}/{n} [00:{n1}<00:{n1}, {n1}.{n}it/s]
step 'check_keys' ok: {n} keys are unique
hostkey algorithm: ssh-ed25519, public key fingerprint SHA256:{fp}
ssh: key exchange: curve25519-sha256
tls: cipher TLS_AES_256_GCM_SHA384, session ticket lifetime {n}
Certificate CN={w}.example.com serial {md5} valid until {date}
memory={n}MB cpu={n1} keyspace={w} keepalive={n}
Authenticated as {w} with roles [reader, writer]
License: Apache-2.0; License key valid until {date}
KeyboardInterrupt
""".strip("\n").split("\n")

_WORDS = [
    "orders",
    "customers",
    "churn",
    "sales",
    "invoice",
    "pricing",
    "forecast",
    "weather",
    "stock",
    "basket",
    "loyalty",
    "returns",
    "claims",
    "visits",
    "sessions",
    "campaigns",
    "suppliers",
    "products",
    "ledger",
    "payroll",
    "fleet",
    "sensors",
    "tickets",
    "passengers",
    "tokens",
    "passport",
]


def ordinary(number: int = 2_400, seed: int = 11) -> list[str]:
    """Return that many lines, the same each time; each template is used about equally often."""
    chance = random.Random(seed)
    return [_line(TEMPLATES[at % len(TEMPLATES)], chance) for at in range(number)]


def _line(template: str, chance: random.Random) -> str:
    word, other = chance.choice(_WORDS), chance.choice(_WORDS)
    date = f"2026-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    clock = f"{chance.randint(0, 23):02}:{chance.randint(0, 59):02}:{chance.randint(0, 59):02}"
    raw = chance.randbytes(16)
    sha = hashlib.sha256(raw).hexdigest()
    dataset = f"{word}_{chance.choice(['clean', 'joined', 'prepared', 'by_key', 'scored', 'v2', '2026'])}"
    return template.format(
        ts=f"{date.replace('-', '/')}-{clock}.{chance.randint(0, 999):03}",
        d2=f"{date[2:].replace('-', '/')} {clock}",
        d3=f"{date} {clock},{chance.randint(0, 999):03}",
        date=date,
        n=chance.randint(2, 90_000),
        n1=chance.randint(1, 9),
        w=other,
        W=other.upper() if chance.random() < 0.5 else other.capitalize(),
        ds=dataset,
        rec=chance.choice(["python", "sync", "join", "grouping", "sql_query", "prediction_scoring"]),
        act=f"compute_{dataset}_NP",
        col=chance.choice(
            ["amount", "customer_id", "country", "order_key", "token", "key", "pass_id", "status"]
        ),
        job=f"Build_{dataset}__NP__{date}T{clock.replace(':', '-')}.{chance.randint(0, 999):03}",
        ip=f"10.{chance.randint(0, 255)}.{chance.randint(0, 255)}.{chance.randint(1, 254)}",
        port=chance.randint(1024, 65_000),
        uuid=uuid.UUID(bytes=raw, version=4),
        sha=sha,
        sha1=sha[:40],
        md5=sha[:32],
        hash8=sha[:8],
        hash2=sha[:2],
        fp=f"{sha[:20]}Qz/{sha[20:40]}",
    )
