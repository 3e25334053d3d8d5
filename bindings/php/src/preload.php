<?php

// For web servers that keep `ffi.enable=preload`, PHP's default: only preloaded code may use FFI there. In php.ini:
//     opcache.preload=/path/to/vendor/usercom/usercom/src/preload.php
//     opcache.preload_user=www-data
// The second line names the user of the pool; a server that starts as root does not start without it.
// A project that preloads files of its own requires this one from there.

declare(strict_types=1);

require_once __DIR__ . '/autoload.php';

(static function (): void {
    $files = new RecursiveIteratorIterator(new RecursiveDirectoryIterator(__DIR__, FilesystemIterator::SKIP_DOTS));
    foreach ($files as $file) {
        // Files of classes start with a capital letter. Loading one may have loaded another.
        $name = substr($file->getPathname(), strlen(__DIR__) + 1, -strlen('.php'));
        if ($file->getExtension() === 'php' && preg_match('/^[A-Z]/', $file->getFilename()) === 1) {
            class_exists('UserCom\\' . str_replace('/', '\\', $name));
        }
    }
})();
