<?php

declare(strict_types=1);

namespace UserCom\Tests;

use RuntimeException;
use UserCom\Client;

/** A `usercom sandbox` of its own, and what it says it received. */
final class Sandbox
{
    public const TOKEN = 'phpTests0123456789phpTests0123456789phpTests0123456789phpTests01';

    public readonly string $url;
    /** @var resource */
    private $process;
    /** @var array<int, resource> */
    private array $pipes = [];

    public function __construct(string ...$switches)
    {
        $process = proc_open(
            [PROGRAM, 'sandbox', '--port', '0', ...array_values($switches)],
            [['file', '/dev/null', 'r'], ['pipe', 'w'], STDERR],
            $this->pipes,
            null,
            ['USERCOM_TOKEN' => self::TOKEN] + getenv(),
        );
        $greeting = $process === false ? '' : (string) fgets($this->pipes[1]);
        if (preg_match('~^usercom sandbox listening on (http://\S+)~', $greeting, $part) !== 1) {
            throw new RuntimeException('the sandbox did not start: ' . ($greeting ?: 'it said nothing'));
        }
        $this->process = $process;
        $this->url = $part[1];
    }

    public function __destruct()
    {
        if (isset($this->process)) {
            proc_terminate($this->process);
            proc_close($this->process);
        }
    }

    public function client(mixed ...$options): Client
    {
        return new Client('acme', self::TOKEN, ...($options + ['baseUrl' => $this->url, 'rateLimit' => 0]));
    }

    public function get(string $path): string
    {
        $direct = stream_context_create(['http' => ['proxy' => null, 'timeout' => 30]]);

        return (string) file_get_contents("$this->url/_sandbox/$path", false, $direct);
    }

    /** @return array<int|string, string> by id, the JSON text of the attribute's value that a request has set */
    public function ledger(string $attribute): array
    {
        $values = [];
        $lines = explode("\n", trim($this->get('ledger?attribute=' . rawurlencode($attribute))));
        foreach (array_slice($lines, 1) as $line) {
            [$id, $value, $applied] = str_getcsv($line, ',', '"', '');
            if ($applied > 0) {
                $values[$id] = $value;
            }
        }

        return $values;
    }

    /** @return list<array<string, mixed>> */
    public function requests(): array
    {
        return json_decode($this->get('requests'), true, 16, JSON_THROW_ON_ERROR)['requests'];
    }
}
