// Sends what a Node program means for Stripe's API to a server on this machine, whose port FAKE_STRIPE_PORT names.
// Loaded with NODE_OPTIONS="--require …/to_loopback.cjs"; any other host is refused, so that nothing leaves the machine.
'use strict'

const http = require('node:http')
const https = require('node:https')

https.request = function request(options, callback) {
  const host = options.host || options.hostname
  if (host !== 'api.stripe.com') throw new Error(`a test tried to reach ${host}`)
  const { agent, ...rest } = options
  const sent = http.request(
    { ...rest, protocol: 'http:', host: '127.0.0.1', hostname: '127.0.0.1', port: process.env.FAKE_STRIPE_PORT },
    callback,
  )
  // Stripe's library writes its body once TLS stands; here the plain connection is all there is.
  sent.once('socket', (socket) => socket.once('connect', () => socket.emit('secureConnect')))
  return sent
}
