<?php
// PHP's HTTP clients: "reused" keeps one curl handle, "sample" is the vendor's sample in a loop, a new handle for each
// call, "guzzle" is one Guzzle client. Arguments: which of them, the URL of the call, and the ids of each. Talks as
// protocol.h says.

ini_set('memory_limit', '-1');
[, $which, $url, $size] = $argv;
$size = (int) $size;
$small = [10, 15, 22, 23];
$ids = $size === count($small) ? $small : range(1000000, 1999999);
$kept = null;
$at = 0;

function cpu(): int
{
    $used = getrusage();
    return 1000 * (1000000 * ($used['ru_utime.tv_sec'] + $used['ru_stime.tv_sec'])
        + $used['ru_utime.tv_usec'] + $used['ru_stime.tv_usec']);
}

function body(array $ids): string
{
    // The vendor's page has four ids, in a text.
    return count($ids) === 4
        ? "{\n    \"ids\": [10, 15, 22, 23],\n    \"attribute\": \"plan\",\n    \"value\": \"pro\"\n}"
        : json_encode(['ids' => $ids, 'attribute' => 'plan', 'value' => 'pro']);
}

function with_curl(array $batch): string
{
    global $which, $url, $kept;
    $curl = $kept ?? curl_init();
    curl_setopt_array($curl, array(
        CURLOPT_URL => $url,
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_ENCODING => "",
        CURLOPT_MAXREDIRS => 10,
        CURLOPT_TIMEOUT => 30,
        CURLOPT_HTTP_VERSION => CURL_HTTP_VERSION_1_1,
        CURLOPT_CUSTOMREQUEST => "POST",
        CURLOPT_POSTFIELDS => body($batch),
        CURLOPT_HTTPHEADER => array(
            "authorization: Token 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
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

function with_guzzle(array $batch): string
{
    global $url, $kept;
    $kept ??= new GuzzleHttp\Client();
    $response = $kept->request('PUT', $url, [
        'headers' => ['authorization' => 'Token 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'],
        'json' => ['ids' => $batch, 'attribute' => 'plan', 'value' => 'pro'],
    ]);
    return (string) $response->getBody();
}

if ($which === 'guzzle') {
    require_once 'GuzzleHttp/autoload.php';    // Debian's php-guzzlehttp-guzzle
}
$call = $which === 'guzzle' ? 'with_guzzle' : 'with_curl';
while (($line = fgets(STDIN)) !== false) {
    [$wall, $cpu] = [hrtime(true), cpu()];
    for ($n = (int) $line; $n > 0; $n--) {
        if ($call(array_slice($ids, $at, $size)) !== '{"status":"ok"}') {
            exit(1);
        }
        $at = ($at + $size) % count($ids);
    }
    echo hrtime(true) - $wall, ' ', cpu() - $cpu, "\n";
}
