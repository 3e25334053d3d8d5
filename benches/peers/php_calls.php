<?php
// PHP's HTTP clients: "reused" keeps one curl handle, "sample" is the vendor's sample in a loop, a new handle for each
// request, "guzzle" is one Guzzle client; and "usercom". Arguments: which of them, the URL of the call, for usercom the
// base URL, and the work of a call. Talks as protocol.h says.

ini_set('memory_limit', '-1');
const TOKEN = '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef';
[, $which, $url, $kind, $n, $size] = $argv;
[$n, $size] = [(int) $n, (int) $size];
$ids = $n === 4 ? [10, 15, 22, 23] : range(1000000, 1000000 + $n - 1);
$customIds = $kind === 'custom' ? array_map(fn ($id) => "u-$id", $ids) : [];
$rows = $kind === 'rows' ? array_map(fn ($id) => [$id, 'plan ' . $id % 100], $ids) : [];
$kept = null;

function cpu(): int
{
    $used = getrusage();
    return 1000 * (1000000 * ($used['ru_utime.tv_sec'] + $used['ru_stime.tv_sec'])
        + $used['ru_utime.tv_usec'] + $used['ru_stime.tv_usec']);
}

// Ids and value of each request of a call.
function requests(): Generator
{
    global $ids, $customIds, $rows, $size;
    $groups = $rows ? [] : ['pro' => $customIds ?: $ids];
    foreach ($rows as [$id, $plan]) {
        $groups[$plan][] = $id;
    }
    foreach ($groups as $value => $members) {
        foreach (array_chunk($members, $size) as $batch) {
            yield [$batch, $value];
        }
    }
}

function send_with_curl(array $batch, string $value): string
{
    global $which, $url, $kept, $n;
    $curl = $kept ?? curl_init();
    curl_setopt_array($curl, array(
        CURLOPT_URL => $url,
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_ENCODING => "",
        CURLOPT_MAXREDIRS => 10,
        CURLOPT_TIMEOUT => 30,
        CURLOPT_HTTP_VERSION => CURL_HTTP_VERSION_1_1,
        CURLOPT_CUSTOMREQUEST => "POST",
        // The vendor's page has four ids, in a text.
        CURLOPT_POSTFIELDS => $n === 4
            ? "{\n    \"ids\": [10, 15, 22, 23],\n    \"attribute\": \"plan\",\n    \"value\": \"pro\"\n}"
            : json_encode(['ids' => $batch, 'attribute' => 'plan', 'value' => $value]),
        CURLOPT_HTTPHEADER => array(
            "authorization: Token " . TOKEN,
            "content-type: application/json"
        ),
    ));
    $text = curl_exec($curl);
    if ($which === 'reused') {
        $kept = $curl;
    } else {
        curl_close($curl);
    }
    return (string) $text;
}

function send_with_guzzle(array $batch, string $value): string
{
    global $url, $kept;
    $kept ??= new GuzzleHttp\Client();
    $response = $kept->request('PUT', $url, [
        'headers' => ['authorization' => 'Token ' . TOKEN],
        'json' => ['ids' => $batch, 'attribute' => 'plan', 'value' => $value],
    ]);
    return (string) $response->getBody();
}

function call_with(callable $send): void
{
    foreach (requests() as [$batch, $value]) {
        if ($send($batch, $value) !== '{"status":"ok"}') {
            exit(1);
        }
    }
}

function call_usercom(): void
{
    global $url, $kept, $kind, $ids, $customIds, $rows, $n, $size;
    $kept ??= new UserCom\Client('acme', TOKEN, baseUrl: $url, rateLimit: 0, batchSize: $size);
    $report = match ($kind) {
        'rows' => $kept->massUpdateRows($rows, 'plan'),
        'custom' => $kept->massUpdateCustomIds($customIds, 'plan', 'pro'),
        'ids' => $kept->massUpdate($ids, 'plan', 'pro'),
    };
    if ($report->confirmed !== $n) {
        exit(1);
    }
}

if ($which === 'guzzle') {
    require_once 'GuzzleHttp/autoload.php';    // Debian's php-guzzlehttp-guzzle
} elseif ($which === 'usercom') {
    require_once __DIR__ . '/../../bindings/php/autoload.php';
}
$call = match ($which) {
    'usercom' => call_usercom(...),
    'guzzle' => fn () => call_with(send_with_guzzle(...)),
    default => fn () => call_with(send_with_curl(...)),
};
while (($line = fgets(STDIN)) !== false) {
    [$wall, $cpu] = [hrtime(true), cpu()];
    for ($calls = (int) $line; $calls > 0; $calls--) {
        $call();
    }
    echo hrtime(true) - $wall, ' ', cpu() - $cpu, "\n";
}
