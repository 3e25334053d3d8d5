<?php

// Runs the cases of tests/conformance: reads a call per line as JSON, and prints its outcome as a line of JSON.
// tests/conformance/main.rs starts it and compares.

declare(strict_types=1);

require __DIR__ . '/../src/autoload.php';

use UserCom\Cancel;
use UserCom\Client;
use UserCom\Date;
use UserCom\Error;
use UserCom\IdState;
use UserCom\Json;
use UserCom\Report;
use UserCom\Status;

final class Thrown extends Exception
{
}

/** @param array{type: string, value: mixed} $value */
function valueOf(array $value): mixed
{
    return match ($value['type']) {
        'boolean' => $value['value'] === 'true',
        'integer' => (int) $value['value'],
        'float' => match ($value['value']) {
            'nan' => NAN,
            'inf' => INF,
            '-inf' => -INF,
            default => (float) $value['value'],
        },
        'text', 'choices', 'null' => $value['value'],
        'date' => new Date($value['value']),
        'datetime' => new DateTimeImmutable($value['value']),
        'json' => new Json($value['value']),
    };
}

/** The options as PHP has them: named arguments, times in seconds, a rate per second. */
function optionsOf(array $options): array
{
    $natural = [];
    foreach ($options as $name => $value) {
        $plain = preg_replace('/_ms$/', '', $name);
        $argument = lcfirst(str_replace('_', '', ucwords($plain, '_')));
        $natural[$argument] = match (true) {
            $name === 'rate_limit' => $value['requests'] * 1000 / $value['per_ms'],
            $plain !== $name => $value / 1000,
            default => $value,
        };
    }

    return $natural;
}

function hooks(?string $hook): array
{
    $cancelled = new Cancel();
    $cancelled->request();

    return match ($hook) {
        'cancel_before' => ['cancel' => $cancelled],
        'stop_in_progress' => ['progress' => static fn (): bool => false],
        'throw_in_progress' => ['progress' => static fn () => throw new Thrown('thrown by the callback')],
        null => [],
    };
}

function update(array $call, Client $client): Report
{
    $custom = str_contains($call['function'], 'custom_ids');
    $ids = $custom ? $call['ids'] : array_map('intval', $call['ids']);
    $function = lcfirst(str_replace('_', '', ucwords($call['function'], '_')));
    $arguments = str_contains($call['function'], 'rows')
        ? [array_map(static fn ($id, $value) => [$id, valueOf($value)], $ids, $call['values']), $call['attribute']]
        : [$ids, $call['attribute'], valueOf($call['value'])];

    return $client->$function(...$arguments, ...hooks($call['hook']), ...optionsOf($call['run']));
}

function run(array $call): Report
{
    if ($call['function'] === 'one_shot') {
        putenv('USERCOM_BASE_URL=' . $call['url']);
        $ids = array_map('intval', $call['ids']);

        return UserCom\massUpdate($call['subdomain'], $call['token'], $ids, $call['attribute'], valueOf($call['value']));
    }
    if ($call['url'] !== '') {
        $call['client']['base_url'] = $call['url'];
    }
    $client = new Client($call['subdomain'], $call['token'], ...optionsOf($call['client']));

    return $call['fork'] ? inChild(static fn () => update($call, $client)) : update($call, $client);
}

/** Does it in a forked child, and throws here what was thrown there. */
function inChild(callable $call): never
{
    [$read, $write] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    if (pcntl_fork() === 0) {
        try {
            $call();
        } catch (Error $e) {
            fwrite($write, $e::class . ' ' . $e->getMessage());
        }
        fclose($write);
        posix_kill(posix_getpid(), SIGKILL);
    }
    fclose($write);
    [$class, $message] = explode(' ', stream_get_contents($read), 2);
    pcntl_wait($status);

    throw new $class($message);
}

function told(array $call): array
{
    $raised = '';
    try {
        $report = run($call);
        $status = $report->status;
        $message = $report->message;
    } catch (Thrown $e) {
        return ['status' => null, 'message' => $e->getMessage()];
    } catch (Error $e) {
        [$report, $status, $message] = [$e->report, $e->status, $e->getMessage()];
        $raised = (new ReflectionClass($e))->getShortName();
    }
    if ($report === null || $status === Status::INVALID_ARGUMENT) {
        return ['status' => $status, 'message' => $message, 'raised' => $raised];
    }
    $failures = [];
    foreach ($report->failures() as $failure) {
        $failures[] = [$failure->index, $failure->httpStatus ?? 0, $failure->message];
    }
    $states = implode('', array_map(static fn (IdState $state): string => 'NCRU'[$state->value], $report->states()));

    return compact('status', 'message', 'states', 'failures', 'raised');
}

while (($line = fgets(STDIN)) !== false) {
    echo json_encode(told(json_decode($line, true, 64, JSON_THROW_ON_ERROR)), JSON_THROW_ON_ERROR), "\n";
}
