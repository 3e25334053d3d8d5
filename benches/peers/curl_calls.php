<?php
// PHP with curl: "reused" keeps one handle, "sample" is the vendor's sample in a loop, a new handle for each call.
// Arguments: which of them, and the URL of the call. Talks as protocol.h says.

[, $which, $url] = $argv;
$kept = null;

function cpu(): int
{
    $used = getrusage();
    return 1000 * (1000000 * ($used['ru_utime.tv_sec'] + $used['ru_stime.tv_sec'])
        + $used['ru_utime.tv_usec'] + $used['ru_stime.tv_usec']);
}

while (($line = fgets(STDIN)) !== false) {
    [$wall, $cpu] = [hrtime(true), cpu()];
    for ($n = (int) $line; $n > 0; $n--) {
        $curl = $which === 'reused' && $kept ? $kept : curl_init();
        curl_setopt_array($curl, array(
            CURLOPT_URL => $url,
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_ENCODING => "",
            CURLOPT_MAXREDIRS => 10,
            CURLOPT_TIMEOUT => 30,
            CURLOPT_HTTP_VERSION => CURL_HTTP_VERSION_1_1,
            CURLOPT_CUSTOMREQUEST => "POST",
            CURLOPT_POSTFIELDS => "{\n    \"ids\": [10, 15, 22, 23],\n    \"attribute\": \"plan\",\n    \"value\": \"pro\"\n}",
            CURLOPT_HTTPHEADER => array(
                "authorization: Token 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                "content-type: application/json"
            ),
        ));
        if (curl_exec($curl) !== '{"status":"ok"}') {
            exit(1);
        }
        if ($which === 'reused') {
            $kept = $curl;
        } else {
            curl_close($curl);
        }
    }
    echo hrtime(true) - $wall, ' ', cpu() - $cpu, "\n";
}
